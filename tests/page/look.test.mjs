// How the page looks and speaks: languages, themes, widths, and whether everybody can use it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { catalogue, choice, findings, isConnected, isFilled, launch, open, rowsOf, until } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';

const places = ['#/live?brand=moka_nera', '#/overview?brand=moka_nera', '#/people?brand=moka_nera', '#/rules'];
let server, browser, person;

before(async () => {
  server = await Server.start();
  browser = await launch();
  await server.pushCorpus();
  const { advocates } = await server.get('/brands/moka_nera/advocates?top=1');
  const { source, id } = advocates[0].author;
  person = `#/people/${encodeURIComponent(source)}/${encodeURIComponent(id)}?brand=moka_nera`;
});
after(async () => {
  await browser.close();
  await server.stop();
});

for (const [width, scheme, locale] of [[1440, 'light', 'it-IT'], [1440, 'dark', 'en-GB'], [390, 'light', 'en-GB'], [390, 'dark', 'it-IT']]) {
  test(`everybody can use every view: ${width} pixels, ${scheme}, ${locale}`, async () => {
    for (const place of [...places, person]) {
      const page = await open(browser, server, place, { width, scheme, locale });
      await isFilled(page);
      if (place.startsWith('#/live')) {
        await isConnected(page);
        await rowsOf(page).first().click();
        await page.locator('.detail').waitFor();
        await isFilled(page);
      }
      assert.deepEqual(await findings(page), [], place);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${place} is ${beyond} pixels too wide`);
      assert.deepEqual(page.faults, [], place);
      await page.context().close();
    }
  });
}

// What the page itself says: not what people wrote, and not names.
const ownTexts = (page) =>
  page.evaluate(() => {
    const foreign = '[dir=auto], textarea, code, pre, .who, h2, b, strong, option, .cue, q, kbd, time';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim();
      if (text && !walker.currentNode.parentElement.closest(foreign)) texts.push(text);
    }
    for (const name of ['aria-label', 'placeholder', 'title']) {
      for (const element of document.querySelectorAll(`[${name}]`)) texts.push(element.getAttribute(name));
    }
    return texts;
  });

test('Italian is complete: no word of the English catalogue is left', async () => {
  const [english, italian] = [await catalogue('en'), await catalogue('it')];
  const flat = (words) => Object.values(words).flatMap((word) => (typeof word === 'string' ? [word] : typeof word === 'object' ? flat(word) : []));
  const ours = new Set(flat(italian));
  const foreign = new Set(flat(english).filter((word) => word.trim().length > 2 && !ours.has(word)));
  const page = await open(browser, server, places[0], { locale: 'it-IT' });
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'it');
  for (const place of [...places, person]) {
    await page.goto(`${server.url}/${place}`);
    await isFilled(page);
    const left = (await ownTexts(page)).filter((text) => foreign.has(text));
    assert.deepEqual(left, [], place);
  }
  await page.context().close();
});

test('language and theme can be chosen and are kept', async () => {
  const page = await open(browser, server, places[0], { locale: 'it-IT', scheme: 'light' });
  const shade = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await shade();
  await choice(page.locator('header'), 'Lingua').selectOption('en');
  assert.equal(await page.locator('nav a').nth(2).innerText(), 'People');
  await choice(page.locator('header'), 'Theme').selectOption('dark');
  await until(async () => (await shade()) !== light, 'it is dark');
  const dark = await shade();
  await page.reload();
  await page.locator('header.top').waitFor();
  assert.equal(await shade(), dark);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await choice(page.locator('header'), 'Theme').selectOption('system');
  await until(async () => (await shade()) === light, 'as the system has it');
  await page.emulateMedia({ colorScheme: 'dark' });
  await until(async () => (await shade()) === dark, 'as the system has it now');
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('the whole transfer is under 120 kB', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  const files = new Set();
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (/\/$|\/page\//.test(new URL(response.url).pathname)) files.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (files.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(`${server.url}/`);
  await page.locator('header.top').waitFor();
  await until(() => files.size === 3 && bytes > 0, 'three files');
  assert.ok(bytes > 20_000 && bytes < 120_000, `${bytes} bytes`);
  await context.close();
});
