// Chromium with the page, which remembers everything that a page must not do.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './server.mjs';

const packages = createRequire(join(root, 'web/package.json'));
const { chromium } = packages('playwright-core');
const { transformSync } = packages('esbuild');
const axe = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');

export async function launch() {
  return chromium.launch({
    executablePath: process.env.PASSAPAROLA_BROWSER ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

// The words of the page in a language, as the page has them.
export async function catalogue(language) {
  const source = readFileSync(join(root, `web/src/words/${language}.ts`), 'utf8');
  const { code } = transformSync(source, { loader: 'ts', format: 'esm' });
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return module[language];
}

// A page of `server` at `place` ("#/live"). `page.faults` is what it did wrong: messages of errors,
// errors, answers that are errors, dialogs, violations of the policy, and requests to anybody else.
export async function open(browser, server, place = '', options = {}) {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.scheme ?? 'light',
    locale: options.locale ?? 'en-GB',
    timezoneId: 'Europe/Rome',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => {
    const isTold = message.text().startsWith('Failed to load resource'); // below, with its address
    if (['error', 'warning'].includes(message.type()) && !isTold) page.faults.push(message.text());
  });
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('dialog', (dialog) => {
    page.faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    const isOurs = host === server.listen || protocol === 'data:' || protocol === 'blob:';
    if (!isOurs) page.faults.push(`request: ${request.url()}`);
  });
  page.on('response', (answer) => {
    if (answer.status() >= 400) page.faults.push(`answer ${answer.status()}: ${answer.url()}`);
  });
  page.on('requestfailed', (request) => {
    const { errorText } = request.failure();
    // What a page leaves behind when it goes elsewhere is not failed.
    if (errorText !== 'net::ERR_ABORTED') page.faults.push(`${errorText}: ${request.url()}`);
  });
  page.on('popup', (popup) => page.faults.push(`popup: ${popup.url()}`));
  await page.exposeFunction('tellFault', (text) => page.faults.push(text));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      tellFault(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await page.goto(`${server.url}/${place}`);
  await page.locator('header.top').waitFor();
  return page;
}

export const isConnected = (page) => page.locator('.state[data-state=connected]').waitFor();
// The select that is called `name`.
export const choice = (scope, name) =>
  scope.locator('label.field').filter({ has: scope.page().locator(`span:text-is("${name}")`) }).locator('select');
// Everything that was asked for is there.
export async function isFilled(page) {
  await page.locator('main *').first().waitFor();
  await until(async () => (await page.locator('main [aria-busy=true]').count()) === 0, 'everything is there');
}
export const rowsOf = (page) => page.locator('.list-row[role=option]');

// Every row of the list from top to bottom; only those in sight are in the document.
export async function everyText(page) {
  const texts = new Map();
  await page.locator('.list').evaluate((list) => list.scrollTo(0, 0));
  for (;;) {
    const isAtEnd = await page.locator('.list').evaluate((list) => {
      const before = list.scrollTop;
      list.scrollTop += list.clientHeight / 2;
      return list.scrollTop === before;
    });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    for (const [at, text] of await rowsOf(page).evaluateAll((rows) =>
      rows.map((row) => [Number(row.getAttribute('aria-posinset')), row.querySelector('.words, .gap').textContent]),
    )) {
      texts.set(at, text);
    }
    if (isAtEnd) return [...texts].sort(([a], [b]) => a - b).map(([, text]) => text);
  }
}

// What axe-core finds against WCAG 2.1 A and AA and its own best practices.
export async function findings(page) {
  // The policy of the page forbids what a tool injects; the debugger may.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`,
  );
}

// Waits until `holds` gives something that is true, and gives that.
export async function until(holds, what, limit = 30_000) {
  const end = Date.now() + limit;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`in ${limit / 1000} s it did not come to: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
