// The live feed, as people use it: by mouse and by keys.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { choice, isConnected, launch, open, rowsOf, until } from './lib/browser.mjs';
import { post, Server } from './lib/server.mjs';

let server, browser, page;
const words = [
  'Adoro la Moka Nera, ve la consiglio!',
  'La Moka Nera è una delusione, si è rotta subito e nessuno risponde.',
  'I bought the Moka Nera yesterday.',
];

before(async () => {
  server = await Server.start();
  browser = await launch();
  const posts = Array.from({ length: 30 }, (_, i) => post(`p${i}`, `${words[i % 3]} Numero ${i}.`, {
    author: { id: `a${i}`, name: `Persona ${i}`, handle: `p${i}.example`, bio: 'Vivo di caffè.' },
  }));
  await server.push(posts);
});
after(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(async () => {
  page = await open(browser, server, '#/live');
  await isConnected(page);
  await rowsOf(page).first().waitFor();
});
afterEach(async () => {
  const { faults } = page;
  await page.context().close();
  assert.deepEqual(faults, []);
});

const firstText = () => rowsOf(page).first().locator('.words').innerText();
const selectedText = async () => {
  const chosen = page.locator('.list-row[aria-selected=true] .words');
  return (await chosen.count()) ? chosen.innerText() : '';
};

test('the newest stands first, with who, where, and how it speaks', async () => {
  assert.equal(await firstText(), `${words[2]} Numero 29.`);
  const row = rowsOf(page).nth(1);
  const text = await row.innerText();
  for (const part of ['Persona 28', 'test', 'Moka Nera']) assert.ok(text.includes(part), text);
  // A sign and a word, for who sees no colours; and a minus, not a hyphen.
  assert.match(await row.locator('.chip').first().innerText(), /^− negative −0\.\d\d$/u);
});

test('what comes is there without asking, and what is deleted goes', async () => {
  await server.push([post('new', 'La Moka Nera appena arrivata')]);
  await until(async () => (await firstText()).includes('appena arrivata'), 'the new one');
  await server.push([{ op: 'delete', source: 'test', id: 'new', author: { id: 'anna' } }]);
  await until(async () => !(await firstText()).includes('appena arrivata'), 'it is gone');
});

test('while it is paused nothing moves, and the new are counted', async () => {
  await page.locator('button.pause').click();
  const before = await firstText();
  await server.push([post('w1', 'Moka Nera mentre aspetto 1'), post('w2', 'Moka Nera mentre aspetto 2')]);
  const above = page.locator('button.above');
  await until(async () => (await above.count()) && (await above.innerText()).includes('2 new'), '2 new');
  assert.equal(await firstText(), before);
  await above.click();
  assert.match(await firstText(), /aspetto [12]/);
  const gone = ['w1', 'w2'].map((id) => ({ op: 'delete', source: 'test', id, author: { id: 'anna' } }));
  await server.push(gone);
  await until(async () => (await firstText()) === before, 'they are gone');
});

test('what is chosen stays chosen while others come above it', async () => {
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const chosen = await selectedText();
  assert.equal(chosen, `${words[1]} Numero 28.`);
  await server.push([post('above', 'Moka Nera sopra le altre')]);
  await until(async () => (await firstText()).includes('sopra'), 'the new one');
  assert.equal(await selectedText(), chosen);
  await server.push([{ op: 'delete', source: 'test', id: 'above', author: { id: 'anna' } }]);
});

test('keys alone do it all', async () => {
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  assert.equal(await selectedText(), `${words[1]} Numero 28.`);
  await page.keyboard.press('Enter');
  await page.locator('.detail').waitFor();
  assert.ok((await page.locator('.detail .post').innerText()).includes('Numero 28'));
  await page.keyboard.press('a');
  await page.locator('#assignee:focus').waitFor();
  await page.keyboard.type('giulia');
  await page.keyboard.press('Enter');
  const ofAssignee = () => server.get('/mentions?last=100&where=assignee:giulia');
  await until(async () => (await ofAssignee()).items.length === 1, 'it is giulia’s');
  await page.locator('#assignee').evaluate((input) => input.blur());
  await page.keyboard.press('d');
  await until(async () => (await ofAssignee()).items[0].triage.state === 'done', 'it is done');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'where');
  await page.keyboard.type('text');
  await page.keyboard.press('Escape');
  await page.locator('#where').evaluate((input) => input.blur());
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.keyboard.press('p');
  await page.locator('.state[data-state=paused]').waitFor();
});

test('filters narrow it, together and one by one', async () => {
  const choose = (name, value) => choice(page.locator('.filters'), name).selectOption(value);
  const texts = () => rowsOf(page).locator('.words').allInnerTexts();
  const all = (part) => async () => {
    const shown = await texts();
    return shown.length > 0 && shown.every((text) => text.includes(part));
  };
  await choose('Judgement', 'negative');
  await until(all('delusione'), 'only the negative');
  await choose('Judgement', '');
  await choose('What it does', 'recommend');
  await until(all('consiglio'), 'only those that recommend');
  await choose('What it does', '');
  await choose('Language of the post', 'en');
  await until(all('yesterday'), 'only English');
  await choose('Language of the post', '');
  await page.locator('#where').fill('"Numero 7"');
  await page.keyboard.press('Enter');
  await until(all('Numero 7'), 'only what the filter says');
  await server.push([post('not7', 'Moka Nera e basta'), post('yes7', 'Moka Nera numero 7 ancora')]);
  await until(async () => (await firstText()).includes('7 ancora'), 'what fits comes');
  assert.ok(!(await texts()).includes('Moka Nera e basta'));
  await page.locator('#where').fill('sentiment<<');
  await page.keyboard.press('Enter');
  await page.locator('.filters [role=alert]').waitFor();
  assert.equal(await page.locator('#where').getAttribute('aria-invalid'), 'true');
  page.faults = page.faults.filter((text) => !text.startsWith('answer 400')); // it says what it refused
});

test('a mention tells what was found in it and who wrote it', async () => {
  await rowsOf(page).filter({ hasText: 'Numero 27' }).click();
  const detail = page.locator('.detail');
  await detail.waitFor();
  assert.deepEqual(await detail.locator('.post mark').allInnerTexts(), ['Moka Nera']);
  assert.ok((await detail.locator('.post .mark-up').allInnerTexts()).includes('Adoro'));
  assert.ok((await detail.locator('.post .mark-cue').allInnerTexts()).join(' ').includes('consiglio'));
  const text = await detail.innerText();
  for (const part of ['Persona 27', '@p27.example', 'Vivo di caffè.', 'recommends', 'Authenticity']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  const link = detail.locator('a[target=_blank]').first();
  assert.equal(await link.getAttribute('href'), 'https://example.com/p27');
  assert.match(await link.getAttribute('rel'), /noopener.*noreferrer/);
});

test('what one does, another sees', async () => {
  const other = await open(browser, server, '#/live', { locale: 'it-IT' });
  await isConnected(other);
  await rowsOf(page).filter({ hasText: 'Numero 26' }).click();
  await choice(page.locator('.triage'), 'State').selectOption('waiting');
  const row = rowsOf(other).filter({ hasText: 'Numero 26' });
  await until(async () => (await row.locator('.chip.state').count()) === 1, 'the other page shows it');
  await page.locator('.triage textarea').fill('Chiamata, <b>richiama</b> lei');
  await page.locator('.triage button[type=submit]').click();
  await row.click();
  await until(async () => (await other.locator('.detail').innerText()).includes('<b>richiama</b>'), 'the note');
  assert.deepEqual(other.faults, []);
  await other.context().close();
});
