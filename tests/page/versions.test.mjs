// Versions of the rules: what a line diff and the colours of the editor say, and that an old set is
// compared, loaded and put back.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, open, until } from './lib/browser.mjs';
import { root, Server } from './lib/server.mjs';

const { build } = createRequire(join(root, 'web/package.json'))('esbuild');

// A module of the page by itself.
async function part(name) {
  const { outputFiles } = await build({
    absWorkingDir: join(root, 'web'),
    entryPoints: [`src/rules/${name}`],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

const signs = (lines) => lines.map((line) => `${line.sign}${line.text}`).join(' ');

test('a diff says what comes and goes, and leaves out what stays far from it', async () => {
  const { diffLines } = await part('diff.ts');
  assert.deepEqual(diffLines('a\nb', 'a\nb'), []);
  assert.equal(signs(diffLines('a\nb\nc', 'a\nx\nc')), ' a −b +x  c');
  assert.equal(signs(diffLines('', 'a')), '− +a');
  const long = Array.from({ length: 20 }, (_, i) => `l${i}`);
  const changed = long.map((line, i) => (i === 10 ? 'new' : line));
  assert.equal(signs(diffLines(long.join('\n'), changed.join('\n'))), '…8  l8  l9 −l10 +new  l11  l12 …7');
});

// Whatever the texts: what stays and goes is the first, what stays and comes the second.
test('a diff leads from one text to the other', async () => {
  const { diffLines } = await part('diff.ts');
  let state = 7;
  const random = (most) => (state = (state * 48271) % 2147483647) % most;
  const text = () => Array.from({ length: random(9) }, () => 'abc'[random(3)]).join('\n');
  const side = (lines, other) =>
    lines
      .filter((line) => line.sign !== other)
      .flatMap((line) => (line.sign === '…' ? Array(Number(line.text)).fill(null) : [line.text]));
  const isLike = (found, wanted) =>
    found.length === wanted.length && found.every((line, i) => line === null || line === wanted[i]);
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [text(), text()];
    const lines = diffLines(a, b);
    if (a === b) continue;
    assert.ok(isLike(side(lines, '+'), a.split('\n')) && isLike(side(lines, '−'), b.split('\n')), `${a}|${b}`);
  }
});

test('the words of the rule language are coloured, and a text stays what it is', async () => {
  const { tokensOf } = await part('editor.tsx');
  const text = `# a comment
brand moka "Moka" {
  hashtags moka
  domains moka.example
  ambiguous nera near/8 [caffè]   # counts
  exclude "camicia nera", $exclusions.jobs
  owned x:moka
}
rule moka.b @lang(it) { atleast(2, #rotta, domain:a.b, author.score_lo>=3) OR NOT x NEAR/5 y } score x += 3`;
  const tokens = tokensOf(text);
  assert.equal(tokens.map((one) => one.text).join(''), `${text}\n`);
  const of = (kind) => tokens.filter((one) => one.kind === kind).map((one) => one.text);
  assert.deepEqual(of('comment'), ['# a comment', '# counts']);
  assert.deepEqual(of('keyword'), [
    'brand', 'hashtags', 'domains', 'ambiguous', 'exclude', 'owned', 'rule', '@lang', 'atleast',
    'domain', 'author.score_lo', 'score',
  ]);
  assert.deepEqual(of('operator'), ['near/8', 'OR', 'NOT', 'NEAR/5']);
  assert.deepEqual(of('name'), ['$exclusions.jobs', '#rotta']);
});

let server, browser, page;
before(async () => {
  server = await Server.start();
  browser = await launch();
  page = await open(browser, server, '#/rules');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('an old set is compared with the editor, loaded into it, and in force only when activated', async () => {
  const first = await server.get('/rules');
  const files = first.files.map((file, i) => (i === 0 ? { ...file, text: `${file.text}# more\n` } : file));
  await server.ask('/api/v1/rules', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ files }),
  });
  await page.reload();
  await page.locator('details.versions summary').click();
  const rows = page.locator('.versions li');
  await until(async () => (await rows.count()) === 2, 'both versions');
  assert.match(await rows.nth(0).innerText(), /local.*in force/s);
  assert.match(await rows.nth(1).innerText(), /when the server started/);
  await rows.nth(0).locator('button').click();
  await page.locator('.versions [role=status]').waitFor();
  await rows.nth(1).locator('button').click();
  await page.locator('.versions .diff').waitFor();
  assert.equal(await page.locator('.versions del').count(), 1);
  assert.equal(await page.locator('.versions ins').count(), 0);
  assert.match(await page.locator('.versions del').innerText(), /^− # more/);
  await page.getByRole('button', { name: 'Load it into the editor' }).click();
  const wanted = first.files[0].text;
  assert.equal(await page.locator('.rules textarea').first().inputValue(), wanted);
  assert.notEqual((await server.get('/rules')).hash, first.hash, 'not in force yet');
  const activate = page.getByRole('button', { name: 'Activate' });
  await until(() => activate.isEnabled(), 'it was checked');
  await activate.click();
  await until(async () => (await rows.count()) === 3, 'it is a version of its own');
  assert.equal((await server.get('/rules')).hash, first.hash);
  assert.deepEqual(page.faults, []);
});
