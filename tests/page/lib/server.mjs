// The real program, started for a test with a store of its own, and told over its own API.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

function fromEnvironment(name, otherwise) {
  return process.env[name] ?? join(root, otherwise);
}
const program = fromEnvironment('PASSAPAROLA_PROGRAM', 'build/release/passaparola');
const makeCorpus = fromEnvironment('PASSAPAROLA_MAKE_CORPUS', 'build/release/tools/make_corpus');

function run(command, ...words) {
  const done = spawnSync(command, words, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

export class Server {
  // `options`: brands (false: no brand is defined), config (TOML behind what every server needs).
  static async start(options = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'passaparola-page-'));
    const server = new Server(folder, options);
    await cp(join(root, 'rules'), join(folder, 'rules'), { recursive: true });
    if (options.brands === false) {
      for (const rules of ['brands', 'packs']) await rm(join(folder, 'rules', rules), { recursive: true });
    }
    await server.again();
    return server;
  }

  constructor(folder, options) {
    this.folder = folder;
    this.options = options;
    this.listen = '127.0.0.1:0';
  }

  // Starts it, or starts it once more, at the same address.
  async again() {
    const config = join(this.folder, 'p.toml');
    await writeFile(
      config,
      `[rules]\npath = "${this.folder}/rules"\n[store]\npath = "${this.folder}/store"\n` +
        `[server]\nlisten = "${this.listen}"\n${this.options.config ?? ''}`,
      { mode: 0o600 },
    );
    this.process = spawn(program, ['serve', '--config', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    this.process.stderr.on('data', (data) => {
      said = (said + data).slice(-10_000);
    });
    this.ended = once(this.process, 'exit');
    for await (const line of createInterface({ input: this.process.stdout })) {
      const found = /^listening on (\S+)/.exec(line);
      if (!found) continue;
      this.url = found[1].replace(/\/$/, '');
      this.listen = new URL(this.url).host;
      return;
    }
    throw new Error(`it does not listen: ${said}`);
  }

  async kill(signal = 'SIGKILL') {
    this.process.kill(signal);
    const [code] = await this.ended;
    return code;
  }

  // Ends it and takes its folder away; it must end well.
  async stop() {
    const code = await this.kill('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`it ended with ${code}`);
  }

  async ask(path, options = {}) {
    const answer = await fetch(this.url + path, options);
    const body = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body.slice(0, 500)}`);
    return body ? JSON.parse(body) : null;
  }

  get(path) {
    return this.ask(`/api/v1${path}`);
  }

  // Answered when they are durable.
  push(posts) {
    const body = posts.map((post) => JSON.stringify(post)).join('\n');
    const headers = { 'Content-Type': 'application/x-ndjson' };
    return this.ask('/api/v1/posts', { method: 'POST', body, headers });
  }

  // A year of invented people and brands, up to now. Returns how many posts were pushed.
  async pushCorpus({ posts = 1500, authors = 200, days = 365 } = {}) {
    const file = join(this.folder, 'feed.ndjson');
    const start = `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
    run(makeCorpus, '--seed', '11', '--start', start, '--days', `${days}`, '--posts', `${posts}`,
      '--authors', `${authors}`, '--out', file, '--truth', join(this.folder, 'truth.json'));
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    for (let i = 0; i < lines.length; i += 1000) {
      await this.push(lines.slice(i, i + 1000).map((line) => JSON.parse(line)));
    }
    return lines.length;
  }
}

// A post of the brand Moka Nera; `more` wins over what is there.
export function post(id, text, more = {}) {
  return {
    source: 'test',
    id,
    author: { id: 'anna', handle: 'anna.example', name: 'Anna' },
    text,
    created_at: new Date().toISOString(),
    url: `https://example.com/${encodeURIComponent(id)}`,
    ...more,
  };
}
