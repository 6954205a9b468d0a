// The server is killed while mentions come: the page goes on by itself, and nothing is missing or
// there twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { everyText, isConnected, launch, open, rowsOf, until } from './lib/browser.mjs';
import { post, Server } from './lib/server.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await server.stop();
});

const kills = 4;
const postsBetween = 60;

test('after kills of the server nothing is missing and nothing doubled', async () => {
  const page = await open(browser, server, '#/live');
  await isConnected(page);
  let number = 0;
  const pushSome = async () => {
    for (let i = 0; i < postsBetween; i += 10) {
      const some = Array.from({ length: 10 }, () => {
        const id = number++;
        return post(`p${id}`, `Moka Nera numero ${id}.`, { author: { id: `a${id}`, name: `A ${id}` } });
      });
      await server.push(some);
    }
  };
  for (let i = 0; i < kills; i++) {
    await pushSome();
    await server.kill();
    await page.locator('.state[data-state=lost]').waitFor();
    await server.again();
    await pushSome(); // before the page is back
    await isConnected(page);
    await page.locator('.state').filter({ hasText: 'nothing is missing' }).waitFor();
  }
  const newest = `Moka Nera numero ${number - 1}.`;
  await until(async () => (await rowsOf(page).first().locator('.words').innerText()) === newest, newest);
  const expected = Array.from({ length: number }, (_, i) => `Moka Nera numero ${number - 1 - i}.`);
  assert.deepEqual(await everyText(page), expected);
  const refused = (text) => /ERR_CONNECTION_|WebSocket/.test(text);
  assert.deepEqual(page.faults.filter((text) => !refused(text)), []);
  await page.context().close();
});

