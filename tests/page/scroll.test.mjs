// Further down there is what is older, however far back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { everyText, isConnected, launch, open, rowsOf, until } from './lib/browser.mjs';
import { post, Server } from './lib/server.mjs';

const count = 1100;
const text = (i) => (i === 3 ? 'Moka Nera, rarissima.' : `Moka Nera numero ${i}.`);
let server, browser;

before(async () => {
  server = await Server.start();
  browser = await launch();
  const posts = Array.from({ length: count }, (_, i) => post(`p${i}`, text(i), { author: { id: `a${i}`, name: `A ${i}` } }));
  await server.push(posts);
});
after(async () => {
  await browser.close();
  await server.stop();
});

test('the list goes on to the first mention of all, in order', { timeout: 120_000 }, async () => {
  const page = await open(browser, server, '#/live');
  await isConnected(page);
  await rowsOf(page).first().waitFor();
  const list = page.locator('.list');
  await until(async () => {
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    return (await rowsOf(page).last().locator('.words').innerText()) === text(0);
  }, 'the first mention of all');
  assert.deepEqual(await everyText(page), Array.from({ length: count }, (_, i) => text(count - 1 - i)));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('who reads further down is not disturbed by what comes', async () => {
  const page = await open(browser, server, '#/live');
  await isConnected(page);
  await rowsOf(page).first().waitFor();
  const list = page.locator('.list');
  await list.evaluate((box) => box.scrollTo(0, 3000));
  const inSight = () => rowsOf(page).nth(6).locator('.words').innerText();
  await until(async () => (await list.evaluate((box) => box.scrollTop)) === 3000, 'scrolled');
  const before = await inSight();
  await server.push([post('later', 'Moka Nera, più tardi.', { author: { id: 'l', name: 'L' } })]);
  await page.locator('button.above').filter({ hasText: '1 new' }).waitFor();
  assert.equal(await inSight(), before);
  await page.locator('button.above').click();
  await until(async () => (await rowsOf(page).first().locator('.words').innerText()) === 'Moka Nera, più tardi.', 'it');
  await server.push([{ op: 'delete', source: 'test', id: 'later', author: { id: 'l' } }]);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('what is rare is found however far back it is', async () => {
  const page = await open(browser, server, '#/live');
  await isConnected(page);
  await page.locator('#where').fill('rarissima');
  await page.keyboard.press('Enter');
  await until(async () => (await rowsOf(page).count()) === 1, 'the one');
  assert.equal(await rowsOf(page).first().locator('.words').innerText(), text(3));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
