// Bundles the page: `node build.mjs OUT` writes into OUT
//   index.html                    which names the next two by what is in them
//   app.js.gz, app.css.gz         as they are sent
//   script_name, style_name       the names, for the program that serves them under /page/
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error('usage: node build.mjs OUT');
  process.exit(2);
}

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: [{ in: 'src/main.tsx', out: 'app' }],
  outdir: out,
  bundle: true,
  write: false,
  minify: true,
  format: 'iife',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'eof',
  logLevel: 'warning',
});

await mkdir(out, { recursive: true });
let page = await readFile(join(here, 'index.html'), 'utf8');
for (const [kind, ending] of [['script', '.js'], ['style', '.css']]) {
  const { contents } = outputFiles.find((file) => file.path.endsWith(ending));
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
  const name = `app-${hash}${ending}`;
  page = page.replace(`/app${ending}`, `/page/${name}`);
  await writeFile(join(out, `app${ending}.gz`), gzipSync(contents, { level: 9 }));
  await writeFile(join(out, `${kind}_name`), name);
}
await writeFile(join(out, 'index.html'), page);
