// Pictures of every view of the page, for docs/page: `node tools/screenshots.mjs [OUT]`. The real
// program with the demo's invented people and brands; wide and narrow, light and dark.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isConnected, isFilled, launch, open, rowsOf } from '../tests/page/lib/browser.mjs';
import { post, root, Server } from '../tests/page/lib/server.mjs';

const out = process.argv[2] ?? join(root, 'docs/page');
await mkdir(out, { recursive: true });
const server = await Server.start();
const browser = await launch();
await server.pushCorpus({ posts: 6000, authors: 600 });
await server.push([
  post('shown', 'Quattro anni con la Moka Nera e non la cambierei: ve la consiglio, il caffè è ottimo. Peccato per il manico, che scotta.', {
    author: { id: 'giulia', name: 'Giulia Riva', handle: 'giulia.example', bio: 'Caffè, libri, montagna.', followers: 412 },
  }),
]);
const { advocates } = await server.get('/brands/moka_nera/advocates?top=1');
const { source, id } = advocates[0].author;
const views = {
  live: '#/live?brand=moka_nera',
  overview: '#/overview?brand=moka_nera',
  people: '#/people?brand=moka_nera',
  person: `#/people/${encodeURIComponent(source)}/${encodeURIComponent(id)}?brand=moka_nera`,
  rules: '#/rules?brand=moka_nera',
};
for (const width of [1440, 390]) {
  for (const scheme of ['light', 'dark']) {
    for (const [view, place] of Object.entries(views)) {
      const page = await open(browser, server, place, { width, height: width > 1000 ? 900 : 844, scheme });
      if (view === 'live') {
        await isConnected(page);
        await rowsOf(page).first().waitFor();
        if (width > 1000) await page.keyboard.press('j');
      }
      await isFilled(page);
      await page.screenshot({ path: join(out, `${view}-${width}-${scheme}.png`) });
      await page.context().close();
    }
  }
}
await browser.close();
await server.stop();
