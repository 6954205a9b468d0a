// From no brand at all to a mention of one's own; and changing rules while looking at them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isConnected, isFilled, launch, open, rowsOf, until } from './lib/browser.mjs';
import { post, Server } from './lib/server.mjs';

let server, browser, page;
before(async () => {
  server = await Server.start({ brands: false });
  browser = await launch();
  page = await open(browser, server);
});
after(async () => {
  await browser.close();
  await server.stop();
});

const state = (text) => page.locator('.rules [role=status]').filter({ hasText: text }).first().waitFor();
// Answers that say what is wrong with rules, or that they changed meanwhile.
const isAnswer = (text) => /^answer 4(12|22)/.test(text);

test('who has no brand is asked for one, and sees its first mention', async () => {
  const form = page.locator('form.first');
  await form.waitFor();
  await form.locator('input').nth(0).fill('Caffè Gatto');
  await form.locator('input').nth(1).fill('caffè gatto, caffegatto');
  await form.locator('button[type=submit]').click();
  await page.waitForURL(/#\/live/);
  await isConnected(page);
  await server.push([post('g1', 'Ieri al Caffè Gatto ho bevuto un ottimo espresso.')]);
  await until(async () => (await rowsOf(page).count()) === 1, 'the first mention');
  assert.deepEqual(page.faults, []);
  // A brand that nobody has spoken of yet has a page, too.
  await page.goto(`${server.url}/#/overview?brand=caffe_gatto`);
  await isFilled(page);
  assert.equal(await page.locator('[role=alert]').count(), 0);
});

test('mistakes are shown where they are while one writes, and cannot be put into force', async () => {
  await page.goto(`${server.url}/#/rules`);
  await isFilled(page);
  const tabs = page.locator('.tabs button');
  await tabs.filter({ hasText: 'gatto' }).click();
  const editor = page.locator('.rules textarea').first();
  const good = await editor.inputValue();
  assert.match(good, /brand/);
  assert.ok((await page.locator('.editor .token-word, .editor [class^=token-]').count()) > 2, 'it is coloured');
  await editor.fill(`${good}\nrule {\n`);
  await page.locator('.rules li.error').first().waitFor();
  assert.match(await page.locator('.rules li.error').first().innerText(), /E-SYNTAX/);
  const activate = page.getByRole('button', { name: 'Activate' });
  assert.ok(await activate.isDisabled());
  await editor.fill(good);
  await until(async () => (await page.locator('.rules li.error').count()) === 0, 'no mistake is left');
});

test('what new rules gain and lose is seen before they hold, and then they hold', async () => {
  const editor = page.locator('.rules textarea').first();
  const before = await editor.inputValue();
  assert.match(before, /caffegatto/);
  await server.push([post('g2', 'Caffegatto non mi convince.', { author: { id: 'b', name: 'B' } })]);
  await editor.fill(before.replace(/,\s*"?caffegatto"?/, ''));
  const trial = page.getByRole('button', { name: /last hour/i });
  await until(() => trial.isEnabled(), 'it can be tried');
  await trial.click();
  await until(async () => /Caffegatto non mi convince/.test(await page.locator('.rules').innerText()), 'what is lost');
  await page.getByRole('button', { name: 'Activate' }).click();
  await state('In force.');
  await server.push([post('g3', 'Caffegatto di nuovo', { author: { id: 'c', name: 'C' } }), post('g4', 'Caffè Gatto di nuovo', { author: { id: 'c', name: 'C' } })]);
  const { items } = await server.get('/mentions?last=100');
  assert.deepEqual(items.map((one) => one.post.id), ['g1', 'g2', 'g4']);
});

test('somebody else’s change is not overwritten', async () => {
  const rules = await server.get('/rules');
  const files = rules.files.map((file) => ({ ...file, text: `${file.text}\n# from elsewhere\n` }));
  await server.ask('/api/v1/rules', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ files }),
  });
  const editor = page.locator('.rules textarea').first();
  await editor.fill(`${await editor.inputValue()}\n# mine\n`);
  const activate = page.getByRole('button', { name: 'Activate' });
  await until(() => activate.isEnabled(), 'it can be tried');
  await activate.click();
  await page.locator('.rules [role=alert]').first().waitFor();
  const now = await server.get('/rules');
  assert.ok(now.files.every((file) => file.text.includes('from elsewhere')));
  assert.deepEqual(page.faults.filter((text) => !isAnswer(text)), []);
});
