// The sets of rules that came into force: who put which there and when, what is different from what
// is in the editor, and back into it. Nothing here changes what is in force.
import '../../styles/rules.css';
import { useState } from 'preact/hooks';
import { get } from '../api';
import { useLoaded } from '../load';
import { Moment, Pending, Waiting } from '../parts';
import type { RuleFile, RuleVersion } from '../types';
import { number, words } from '../words';
import { diffLines, type DiffLine } from './diff';

const mostLines = 1000; // shown of one file

interface Props {
  hash: string; // of the set in force
  files: RuleFile[]; // in the editor
  edit: (files: RuleFile[]) => void;
}

export function Versions(props: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="versions" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.value.versions}</summary>
      {isOpen && <List {...props} />}
    </details>
  );
}

function List({ hash, files, edit }: Props) {
  const loaded = useLoaded(() => get<{ versions: RuleVersion[] }>('/rules/versions'), [hash]);
  const [chosen, setChosen] = useState('');
  const w = words.value;
  if (!loaded.data) {
    return (
      <Pending {...loaded}>
        <Waiting />
      </Pending>
    );
  }
  const { versions } = loaded.data;
  if (versions.length === 0) return <p class="quiet">{w.noVersions}</p>;
  return (
    <>
      <ul class="lines">
        {versions.map((one, i) => (
          <li key={`${one.at} ${one.hash}`}>
            <button
              type="button"
              aria-pressed={one.hash === chosen}
              disabled={!one.has_files}
              title={one.file_names.join(', ')}
              onClick={() => setChosen(one.hash === chosen ? '' : one.hash)}
            >
              <Moment at={one.at} /> · {nameOf(one)} · {w.versionBrands(number(one.brands))}
            </button>{' '}
            {i === 0 && one.hash === hash && <span class="chip">{w.inForceNow}</span>}
            {!one.has_files && <span class="quiet">{w.versionTooLarge}</span>}
          </li>
        ))}
      </ul>
      {chosen && <Comparison key={chosen} hash={chosen} files={files} edit={edit} />}
    </>
  );
}

function nameOf(version: RuleVersion): string {
  if (version.how === 'change') return version.by;
  return version.how === 'start' ? words.value.versionAtStart : words.value.versionReloaded;
}

function Comparison({ hash, files, edit }: Props) {
  const path = `/rules/versions/${encodeURIComponent(hash)}`;
  const loaded = useLoaded(() => get<{ files: RuleFile[] }>(path), [path]);
  const w = words.value;
  if (!loaded.data) {
    return (
      <Pending {...loaded}>
        <Waiting />
      </Pending>
    );
  }
  const wanted = loaded.data.files;
  const changes = changesBetween(files, wanted);
  return (
    <section aria-label={w.versionChanges}>
      {changes.length === 0 && <p role="status">{w.versionIsSame}</p>}
      {changes.length > 0 && <p class="quiet">{w.versionChanges}</p>}
      {changes.map((one) => (
        <figure key={one.name} class="diff">
          <figcaption>
            <code>{one.name}</code>
          </figcaption>
          <pre tabIndex={0}>
            {one.lines.slice(0, mostLines).map((line, i) => (
              <Line key={i} line={line} />
            ))}
            {one.lines.length > mostLines && (
              <span class="quiet">{w.versionMore(number(one.lines.length - mostLines))}</span>
            )}
          </pre>
        </figure>
      ))}
      <button type="button" disabled={changes.length === 0} onClick={() => edit(wanted)}>
        {w.loadVersion}
      </button>
    </section>
  );
}

// A sign stands before what comes and what goes; the colour only repeats it.
function Line({ line }: { line: DiffLine }) {
  if (line.sign === '…') {
    return <span class="quiet">{`… ${words.value.versionLeftOut(number(Number(line.text)))}\n`}</span>;
  }
  const text = `${line.sign} ${line.text}\n`;
  if (line.sign === '+') return <ins>{text}</ins>;
  return line.sign === '−' ? <del>{text}</del> : <span>{text}</span>;
}

// By file, what loading `wanted` in the place of `files` changes; of files without changes nothing.
function changesBetween(files: RuleFile[], wanted: RuleFile[]): { name: string; lines: DiffLine[] }[] {
  const before = new Map(files.map((one) => [one.name, one.text]));
  const after = new Map(wanted.map((one) => [one.name, one.text]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, lines: diffLines(before.get(name) ?? '', after.get(name) ?? '') }))
    .filter((one) => one.lines.length > 0 || before.has(one.name) !== after.has(one.name));
}
