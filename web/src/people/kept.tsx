// What is kept of a person: it can be taken out, and erased.
import { useState } from 'preact/hooks';
import { get, request } from '../api';
import { Dialog } from '../dialog';
import { Failure } from '../parts';
import { words } from '../words';

// The proof of an erasure: it names nobody.
export interface Erasure {
  author: string;
  erased_at: string;
  mentions: number;
  brands: number;
}

interface Props {
  path: string;
  name: string;
  erased: (proof: Erasure) => void;
}

export function Kept({ path, name, erased }: Props) {
  const [error, setError] = useState('');
  const [isAsked, setIsAsked] = useState(false);
  const w = words.value;
  const take = async () => {
    setError('');
    try {
      download('access-report.json', await get<unknown>(`${path}/access`));
    } catch (problem) {
      setError((problem as Error).message);
    }
  };
  return (
    <section>
      <h3>{w.kept}</h3>
      {error && <Failure message={error} />}
      <p class="line">
        <button type="button" onClick={() => void take()}>
          {w.export}
        </button>
        <button type="button" class="danger" onClick={() => setIsAsked(true)}>
          {w.erase}…
        </button>
      </p>
      <Dialog title={w.eraseTitle(name)} isOpen={isAsked} close={() => setIsAsked(false)}>
        <EraseQuestion path={path} erased={erased} cancel={() => setIsAsked(false)} />
      </Dialog>
    </section>
  );
}

function download(name: string, report: unknown): void {
  const file = new Blob([JSON.stringify(report, null, 1)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface QuestionProps {
  path: string;
  erased: (proof: Erasure) => void;
  cancel: () => void;
}

function EraseQuestion({ path, erased, cancel }: QuestionProps) {
  const [error, setError] = useState('');
  const [isUnderWay, setIsUnderWay] = useState(false);
  const w = words.value;
  const erase = async () => {
    setError('');
    setIsUnderWay(true);
    try {
      erased((await request<Erasure>('DELETE', `/api/v1${path}`)).body);
    } catch (problem) {
      setError((problem as Error).message);
      setIsUnderWay(false);
    }
  };
  return (
    <>
      <ul class="says">
        {w.eraseDoes.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      {error && <Failure message={error} />}
      <p class="line">
        <button type="button" onClick={cancel}>
          {w.cancel}
        </button>
        <button type="button" class="danger" disabled={isUnderWay} onClick={() => void erase()}>
          {isUnderWay ? w.erasing : w.eraseForGood}
        </button>
      </p>
    </>
  );
}
