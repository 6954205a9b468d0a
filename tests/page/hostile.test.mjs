// Strings that were made to break pages, in every field that others write, shown in every view:
// nothing runs, nothing is fetched, and the policy has nothing to forbid.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isConnected, isFilled, launch, open, rowsOf, until } from './lib/browser.mjs';
import { post, root, Server } from './lib/server.mjs';

const data = process.env.PASSAPAROLA_DATA_DIR ?? join(root, '../shared/data');
// The big list, and two that are a script in several grammars at once.
const strings = [
  ...JSON.parse(readFileSync(join(data, 'suites/blns/blns.json'), 'utf8')),
  '\'"`><img src=x onerror=alert(1)>${alert(1)}{{constructor.constructor("alert(1)")()}}</script><svg/onload=alert(1)>',
  'javascript:/*--></title></style></textarea></script><svg onload=alert(1)>//"\'-alert(1)-\'',
];

let server, browser, page;
before(async () => {
  server = await Server.start();
  browser = await launch();
  const now = Date.now();
  const posts = strings.map((text, i) => post(`p${i} ${text}`.slice(0, 500), `Moka Nera ${i} ${text} adoro`, {
    title: text || null,
    author: { id: `a${i} ${text}`.slice(0, 500), handle: text, name: `${text} ${i}`, bio: text, url: text },
    url: text,
    links: [text, `javascript:alert(${i})`],
    thread: text || 'thread',
    quote: { id: text || 'q', text },
    tags: [text],
    created_at: new Date(now - (strings.length - i) * 1000).toISOString(),
  }));
  const { accepted } = await server.push(posts);
  assert.equal(accepted, strings.length);
  page = await open(browser, server, '#/live');
  await isConnected(page);
});
after(async () => {
  await browser.close();
  await server.stop();
});

// What would show that a text became more than text.
const nothingRan = async (where) => {
  const made = await page.evaluate(() =>
    document.querySelectorAll('main :is(script, iframe, object, embed, img, svg, video, audio, base, form[action], a[href^="javascript" i], a[href^="data" i])').length);
  assert.equal(made, 0, where);
  assert.deepEqual(page.faults, [], where);
};

test('there are 517', () => assert.equal(strings.length, 517));

test('in the live list, and in the detail of every mention', { timeout: 300_000 }, async () => {
  const { items } = await server.get('/mentions?last=1000&limit=1000');
  assert.ok(items.length > 500, `only ${items.length} became mentions`);
  await rowsOf(page).first().click();
  const shown = await page.evaluate(async () => {
    const texts = {};
    for (;;) {
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const { id } = document.querySelector('.list-row[aria-selected=true]');
      if (id in texts) return texts;
      texts[id] = document.querySelector('.detail .post').textContent;
      dispatchEvent(new KeyboardEvent('keydown', { key: 'j' }));
    }
  });
  // They are text, and all of it is there.
  const written = Object.fromEntries(items.map((one) => [`row-${one.mention_id}`, one.post.text]));
  assert.deepEqual(shown, written);
  await nothingRan('live');
});

const goTo = async (place) => {
  await page.goto(`${server.url}/${place}`);
  await isFilled(page);
};

test('in the other views, and on the page of every person', { timeout: 300_000 }, async () => {
  for (const view of ['overview', 'people']) {
    await goTo(`#/${view}?brand=moka_nera`);
    // The other brands have no mentions.
    page.faults = page.faults.filter((text) => !/^answer 404.*\/stats/.test(text));
    await nothingRan(view);
  }
  const { items } = await server.get('/mentions?last=1000&limit=1000');
  const authors = items.map(({ post: { source, author } }) => ({ source, id: author.id, name: author.name || author.handle || author.id }));
  const missing = await page.evaluate(async (people) => {
    const limit = 600; // frames
    const notShown = [];
    for (const { source, id, name } of people) {
      location.hash = `#/people/${encodeURIComponent(source)}/${encodeURIComponent(id)}`;
      let frames = 0;
      while (document.querySelector('.person-page h2')?.textContent !== name && frames++ < limit) {
        await new Promise(requestAnimationFrame);
      }
      if (frames > limit) notShown.push(name);
    }
    return notShown;
  }, authors);
  assert.deepEqual(missing, []);
  await nothingRan('people');
});

// What the browser says of filters that are none, and of sockets that a new filter closes.
const expected = /^answer 4\d\d|closed before the connection/;

test('as a filter, as a brand, and as a step that somebody made', { timeout: 300_000 }, async () => {
  await goTo('#/live');
  await isConnected(page);
  await page.evaluate(async (texts) => {
    for (const text of texts) {
      document.querySelector('#where').value = text;
      document.querySelector('.where button').click();
      location.hash = `#/live?brand=${encodeURIComponent(text)}`;
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    }
  }, strings);
  await page.goto(`${server.url}/#/live`);
  await page.reload(); // without the filter
  await rowsOf(page).first().click();
  const row = await page.locator('.list-row[aria-selected=true]').getAttribute('id');
  const mention = row.replace('row-', '/api/v1/mentions/');
  const headers = { 'Content-Type': 'application/json' };
  const notes = strings.filter((text) => text.trim() !== '').slice(-40);
  for (const note of notes) {
    await server.ask(mention, { method: 'PATCH', headers, body: JSON.stringify({ note }) });
  }
  const last = page.locator('.triage ol q').last();
  await until(async () => (await last.count()) && (await last.evaluate((e) => e.textContent)) === notes.at(-1), 'the last note');
  page.faults = page.faults.filter((text) => !expected.test(text));
  await nothingRan('filters and steps');
});

test('in the editor of rules', { timeout: 300_000 }, async () => {
  await goTo('#/rules');
  const editor = page.locator('.rules textarea').first();
  await editor.waitFor();
  for (const text of strings) {
    await editor.fill(`brand x "${text}" {\n  terms: ${text}\n}\n`);
  }
  await page.locator('.rules li.error').first().waitFor();
  page.faults = page.faults.filter((text) => !expected.test(text));
  await nothingRan('rules');
});
