// The overview and the people, against what the API answers; and what is kept of a person.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { choice, isFilled, launch, open, until } from './lib/browser.mjs';
import { post, Server } from './lib/server.mjs';

const brand = 'moka_nera';
let server, browser, page;

before(async () => {
  server = await Server.start();
  browser = await launch();
  await server.pushCorpus({ posts: 3000, authors: 300 });
});
after(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(async () => {
  page = await open(browser, server, `#/overview?brand=${brand}`);
});
afterEach(async () => {
  const { faults } = page;
  await page.context().close();
  assert.deepEqual(faults, []);
});

const numeral = (text) => Number(text.replace(/[^\d]/g, ''));
const goTo = async (place) => {
  await page.goto(`${server.url}/${place}`);
  await isFilled(page);
};

test('the figures are those of the range, and every chart has its table', async () => {
  await isFilled(page);
  const figure = page.locator('.figure').first().locator('strong');
  for (const [range, days] of [['year', 365], ['month', 30], ['week', 7]]) {
    await choice(page.locator('.overview'), 'Time').selectOption(range);
    const from = new Date(Date.now() - days * 86_400_000).toISOString();
    const bucket = days > 7 ? '1d' : '1h';
    const wide = await server.get(`/brands/${brand}/stats?bucket=${bucket}&from=${from}`);
    // The first bucket is whole on the page.
    const least = wide.total.mentions;
    await until(async () => {
      const shown = numeral(await figure.innerText());
      return shown >= least && shown <= least + 60;
    }, `${least} mentions in a ${range}`);
  }
  await choice(page.locator('.overview'), 'Time').selectOption('year');
  await until(async () => numeral(await figure.innerText()) > 200, 'a year of mentions');
  const charts = await page.locator('.chart canvas').count();
  assert.ok(charts >= 2);
  for (const table of await page.locator('.chart details').all()) await table.locator('summary').click();
  assert.equal(await page.locator('.chart details table').count(), charts);
  const cells = await page.locator('.chart').first().locator('tbody tr td:nth-of-type(1)').allInnerTexts();
  const sum = cells.reduce((all, cell) => all + numeral(cell), 0);
  assert.equal(sum, numeral(await figure.innerText()), 'the table says what the figure says');
});

test('share of voice, recommendations, defence, warnings and sources are told', async () => {
  await choice(page.locator('.overview'), 'Time').selectOption('year');
  await isFilled(page);
  const text = await page.locator('.overview').innerText();
  const shown = [...text.matchAll(/(\d+(?:\.\d+)?) ?%/g)].length;
  assert.ok(shown >= 3, 'shares of several brands');
  const { brands } = await server.get('/rules');
  assert.ok(brands.length > 1);
  for (const { name } of brands.slice(0, 2)) assert.ok(text.includes(name), name);
  const stats = await server.get(`/brands/${brand}/stats?bucket=1d&from=${new Date(Date.now() - 365 * 86_400_000).toISOString()}`);
  assert.ok(text.includes(Math.abs(stats.mention_recommendation_balance).toFixed(2)), text);
  for (const heading of ['Warnings', 'Sources']) assert.ok(text.includes(heading), heading);
});

test('people stand in the order of the identification job, on each list', async () => {
  await goTo(`#/people?brand=${brand}`);
  const lists = { Advocates: 'top=50', 'At risk': 'at_risk=true&top=50', Detractors: 'class=detractor&top=50' };
  for (const [name, query] of Object.entries(lists)) {
    await page.getByRole('button', { name, exact: true }).click();
    const { advocates } = await server.get(`/brands/${brand}/advocates?${query}`);
    const expected = advocates.map(({ author }) => author.name || author.handle || author.id);
    await isFilled(page);
    const shown = await until(async () => {
      const found = await page.locator('.ranking .person a > b').allInnerTexts();
      return found.length === expected.length ? found : null;
    }, `${expected.length} ${name}`);
    assert.deepEqual(shown, expected);
  }
});

test('a person is shown with the score taken apart, exported and erased', async () => {
  const { advocates } = await server.get(`/brands/${brand}/advocates?top=1&explain=true`);
  const [first] = advocates;
  await goTo(`#/people?brand=${brand}`);
  await page.locator('.ranking a').first().click();
  await page.locator('.person-page h2').first().waitFor();
  await isFilled(page);
  const text = await page.locator('.person-page').innerText();
  assert.ok(text.includes(first.score.toFixed(1)), 'the score');
  assert.equal(await page.locator('.person-page table.parts').first().locator('tbody tr').count(), Object.keys(first.components).length);
  for (const one of first.evidence.slice(0, 3)) assert.ok(text.includes(one.text.slice(0, 60)), one.text);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /take/i }).or(page.getByRole('button', { name: /export|report/i })).first().click()]);
  const report = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.ok(JSON.stringify(report).includes(first.author.id));
  await page.locator('.person-page button.danger').first().click();
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  await dialog.locator('button.danger').click();
  await page.locator('.person-page [role=status]').waitFor();
  const { source, id } = first.author;
  const answer = await fetch(`${server.url}/api/v1/authors/${encodeURIComponent(source)}/${encodeURIComponent(id)}`);
  assert.equal(answer.status, 404);
  page.faults = page.faults.filter((text) => !text.startsWith('answer 404')); // who is erased
});

test('a warning reaches the page while it is open, with its reasons', async () => {
  await isFilled(page);
  // People of their own words: a crowd with the same words would be set aside.
  const faults = ['broke', 'leaks', 'burns', 'rusts', 'stinks', 'cracked', 'exploded', 'failed'];
  const parts = ['handle', 'lid', 'gasket'];
  const critics = Array.from({ length: 24 }, (_, i) => post(`storm${i}`, `Awful Moka Nera, I hate its ${parts[i % 3]}: it ${faults[i % 8]}!`, {
    author: { id: `critic${i}`, name: `Critic ${i}` },
  }));
  await server.push(critics);
  // It looks once a minute, and when it starts.
  await server.kill('SIGTERM');
  await server.again();
  const alert = await until(async () => (await server.get('/alerts?last=20')).alerts.at(-1), 'an alert');
  assert.equal(alert.brand, brand);
  const [reason] = alert.reasons;
  await until(async () => (await page.locator('.overview').innerText()).includes(reason), reason);
  page.faults = page.faults.filter((text) => !/ERR_CONNECTION_|WebSocket/.test(text));
});
