// Brands and rules: edited here, checked while one writes, tried on what came lately, then put in
// force. A first brand is made from its name and words.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, Problem, request } from '../api';
import { authorName, Failure, Waiting } from '../parts';
import { refreshBrands } from '../brands';
import { goTo } from '../route';
import type { Diagnostic, Mention, Page, RuleFile, RuleSet } from '../types';
import { number, words } from '../words';
import { Editor } from './editor';
import { Versions } from './versions';

interface Verdict {
  diagnostics: Diagnostic[];
  mentions?: Mention[];
}

async function check(files: RuleFile[], posts: unknown[] = []): Promise<Verdict> {
  try {
    const body = posts.length > 0 ? { files, posts } : { files };
    return (await request<Verdict>('POST', '/api/v1/rules:check', body)).body;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 422) return problem.body as Verdict;
    throw problem;
  }
}

const settleMilliseconds = 400;

export function Rules() {
  const [rules, setRules] = useState<RuleSet | null>(null);
  const [files, setFiles] = useState<RuleFile[]>([]);
  const [chosen, setChosen] = useState(0);
  const [diagnostics, setDiagnostics] = useState<Diagnostic[] | null>(null);
  const [trial, setTrial] = useState<Trial | null>(null);
  const [error, setError] = useState('');
  const [news, setNews] = useState('');
  const w = words.value;

  const load = () =>
    get<RuleSet>('/rules').then(
      (now) => {
        setRules(now);
        setFiles(now.files);
        setError('');
      },
      (problem: Error) => setError(problem.message),
    );
  useEffect(() => void load(), []);
  useEffect(() => {
    if (!rules || files.length === 0) return;
    const timer = setTimeout(() => {
      check(files).then(
        (verdict) => setDiagnostics(verdict.diagnostics),
        (problem: Error) => setError(problem.message),
      );
    }, settleMilliseconds);
    return () => clearTimeout(timer);
  }, [files, rules]);

  if (error && !rules) return <Failure message={error} again={() => void load()} />;
  if (!rules) return <Waiting />;
  const isChanged = JSON.stringify(files) !== JSON.stringify(rules.files);
  const hasErrors = diagnostics?.some((one) => one.severity === 'error') ?? true;
  const edit = (text: string) => {
    setNews('');
    setFiles(files.map((file, i) => (i === chosen ? { ...file, text } : file)));
  };
  const activate = async (next: RuleFile[]) => {
    setError('');
    try {
      await request('PUT', '/api/v1/rules', { files: next }, { 'If-Match': `"${rules.hash}"` });
      await load();
      refreshBrands();
      setNews(w.activated);
      return true;
    } catch (problem) {
      setError((problem as Error).message);
      return false;
    }
  };
  const addBrand = async (name: string, terms: string[]) => {
    const id = idOf(name);
    const file = { name: `${id}.rules`, text: brandText(id, name, terms) };
    const others = files.filter((one) => one.name !== file.name);
    if (await activate([...others, file])) goTo('live', [], id);
  };
  return (
    <div class="rules">
      {error && <Failure message={error} />}
      {rules.brands.length === 0 && <FirstBrand add={addBrand} />}
      <div class="tabs" role="group" aria-label={w.ruleFiles}>
        {files.map((file, i) => (
          <button key={file.name} type="button" aria-pressed={i === chosen} onClick={() => setChosen(i)}>
            {file.name}
          </button>
        ))}
      </div>
      {files[chosen] && (
        <Editor key={files[chosen].name} file={files[chosen]} diagnostics={diagnostics ?? []} edit={edit} />
      )}
      <p class="quiet">{w.hint}</p>
      <p role="status">{news || (isChanged ? w.unsaved : '')}</p>
      <Problems diagnostics={diagnostics} />
      <p class="line">
        <button
          type="button"
          disabled={hasErrors}
          onClick={() => void tryOn(files).then(setTrial, (problem: Error) => setError(problem.message))}
        >
          {w.tryOn}
        </button>
        <button type="button" disabled={hasErrors || !isChanged} onClick={() => void activate(files)}>
          {w.activate}
        </button>
      </p>
      {trial && <TrialResult trial={trial} />}
      <Versions
        hash={rules.hash}
        files={files}
        edit={(next) => {
          setFiles(next);
          setChosen(0);
          setTrial(null);
          setNews(w.versionLoaded);
        }}
      />
      {rules.brands.length > 0 && (
        <details>
          <summary>{w.addBrand}</summary>
          <FirstBrand add={addBrand} />
        </details>
      )}
    </div>
  );
}

function Problems({ diagnostics }: { diagnostics: Diagnostic[] | null }) {
  if (!diagnostics) return null;
  if (diagnostics.length === 0) return <p class="quiet">{words.value.noProblems}</p>;
  return (
    <ul class="lines" aria-label={words.value.problems(number(diagnostics.length))}>
      {diagnostics.map((one, i) => (
        <li key={i} class={one.severity}>
          <code>
            {one.file}:{one.line}:{one.column} {one.code}
          </code>{' '}
          {one.message}
        </li>
      ))}
    </ul>
  );
}

interface Trial {
  posts: number;
  gained: Mention[];
  lost: Mention[];
}

const hour = 3_600_000;
const mostPosts = 1000;

// What the posts of the last hour that the store has would be under these rules. A post that no
// rule found is not kept, so nothing is gained from those.
async function tryOn(files: RuleFile[]): Promise<Trial> {
  const page = await get<Page>('/mentions', { last: mostPosts, limit: mostPosts });
  const newest = Math.max(...page.items.map((one) => Date.parse(one.post.created_at) || 0), 0);
  const recent = page.items.filter((one) => Date.parse(one.post.created_at) > newest - hour);
  const posts = new Map(recent.map((one) => [`${one.post.source}\n${one.post.id}`, one.post]));
  const verdict = posts.size > 0 ? await check(files, [...posts.values()]) : { mentions: [] };
  const would = verdict.mentions ?? [];
  const now = new Set(recent.map((one) => one.mention_id));
  const then = new Set(would.map((one) => one.mention_id));
  return {
    posts: posts.size,
    gained: would.filter((one) => !now.has(one.mention_id)),
    lost: recent.filter((one) => !then.has(one.mention_id)),
  };
}

function TrialResult({ trial }: { trial: Trial }) {
  const w = words.value;
  const part = (name: string, sign: string, mentions: Mention[]) => (
    <section>
      <h3>
        {sign} {name}: {number(mentions.length)}
      </h3>
      <ul class="lines">
        {mentions.slice(0, 50).map((one) => (
          <li key={one.mention_id}>
            <b>{one.brand.replaceAll('_', ' ')}</b> {authorName(one.post.author)}{' '}
            <span dir="auto">{one.post.text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
  return (
    <div role="status">
      <p>{w.tried(number(trial.posts))}</p>
      {part(w.gained, '+', trial.gained)}
      {part(w.lostMentions, '−', trial.lost)}
    </div>
  );
}

// As identifiers of rules are: a letter, then letters, figures and underscores.
function idOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const id = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(id) ? id : `brand_${id}`;
}

const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

function brandText(id: string, name: string, terms: string[]): string {
  return `brand ${id} ${quoted(name)} { terms ${terms.map(quoted).join(', ')} }\n`;
}

function FirstBrand({ add }: { add: (name: string, terms: string[]) => Promise<void> }) {
  const name = useRef<HTMLInputElement>(null);
  const terms = useRef<HTMLInputElement>(null);
  const w = words.value;
  const submit = (event: Event) => {
    event.preventDefault();
    const given = name.current!.value.trim();
    const all = terms.current!.value.split(',').map((one) => one.trim()).filter(Boolean);
    if (given) void add(given, all.length > 0 ? all : [given.toLowerCase()]);
  };
  return (
    <form class="first card" onSubmit={submit}>
      <h2>{w.firstRun}</h2>
      <p>{w.firstRunText}</p>
      <label class="field">
        <span>{w.brandName}</span>
        <input ref={name} required maxLength={100} autocomplete="off" />
      </label>
      <label class="field">
        <span>{w.brandTerms}</span>
        <input ref={terms} maxLength={1000} autocomplete="off" />
      </label>
      <button type="submit">{w.addBrand}</button>
    </form>
  );
}
