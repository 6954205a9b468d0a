// What people do with a mention. Nothing is overwritten: a change says which version it was made of.
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, Problem, request } from '../api';
import { Choice, Failure, Moment, signs } from '../parts';
import { type Correction, type Label, labels, type Mention, type State, states } from '../types';
import { words } from '../words';
import { stateName } from './list';
import { replaceMention } from './rows';

export interface TriageBody {
  state?: State;
  assignee?: string | null;
  note?: string;
  correction?: Correction | null;
}

export async function change(
  mention: Mention,
  body: TriageBody,
  etag: string | null,
): Promise<Answer<Mention>> {
  const fields: Record<string, string> = etag ? { 'If-Match': etag } : {};
  const answer = await request<Mention>('PATCH', `/api/v1/mentions/${mention.mention_id}`, body, fields);
  replaceMention(answer.body);
  return answer;
}

export function said(problem: unknown): string {
  const isOvertaken = problem instanceof Problem && problem.status === 412;
  return isOvertaken ? words.value.changedMeanwhile : (problem as Error).message;
}

export function TriageBox({ mention }: { mention: Mention }) {
  const [seen, setSeen] = useState<Answer<Mention> | null>(null);
  const [error, setError] = useState('');
  const note = useRef<HTMLTextAreaElement>(null);
  const assignee = useRef<HTMLInputElement>(null);
  const version = mention.triage?.version ?? 0;

  const look = () =>
    request<Mention>('GET', `/api/v1/mentions/${mention.mention_id}`).then(setSeen, (problem: unknown) =>
      setError(said(problem)),
    );
  // Others' steps come by the feed; then it is looked at again.
  useEffect(() => void look(), [mention.mention_id, version]);

  const current = seen?.body ?? mention;
  const triage = current.triage;
  const act = async (body: TriageBody) => {
    setError('');
    try {
      setSeen(await change(current, body, body.correction === undefined ? (seen?.etag ?? null) : null));
      return true;
    } catch (problem) {
      setError(said(problem));
      void look();
      return false;
    }
  };
  const addNote = async (event: Event) => {
    event.preventDefault();
    const text = note.current?.value.trim() ?? '';
    if (text && (await act({ note: text })) && note.current) note.current.value = '';
  };
  const assign = (event: Event) => {
    event.preventDefault();
    void act({ assignee: assignee.current?.value.trim() || null });
  };
  const correct = (label: Label | '') => {
    const { by: _by, at: _at, ...known } = current.correction ?? { label: 'neutral' as Label };
    void act({ correction: label ? { ...known, label } : null });
  };
  return (
    <section class="triage">
      <h3>{words.value.triage}</h3>
      {error && <Failure message={error} />}
      <div class="fields">
        <Choice
          name={words.value.state}
          value={triage?.state ?? 'new'}
          options={states.map((state) => [state, stateName(state)] as const)}
          choose={(state) => void act({ state })}
        />
        <Choice
          name={words.value.isRight}
          value={current.correction?.label ?? ''}
          options={[
            ['', words.value.unchecked],
            ...labels
              .filter((label) => label !== 'abstain')
              .map((label) => [label, `${signs[label]} ${words.value[label]}`] as const),
          ]}
          choose={correct}
        />
        <form class="field" onSubmit={assign}>
          <label>
            <span>{words.value.assignee}</span>
            <input
              ref={assignee}
              id="assignee"
              maxLength={100}
              autocomplete="off"
              defaultValue={triage?.assignee ?? ''}
              key={triage?.assignee ?? ''}
              placeholder={words.value.nobody}
            />
          </label>
        </form>
      </div>
      <form onSubmit={addNote}>
        <label class="field">
          <span>{words.value.note}</span>
          <textarea ref={note} rows={2} maxLength={4000} />
        </label>
        <button type="submit">{words.value.addNote}</button>
      </form>
      {(current.history?.length ?? 0) > 0 && (
        <ol class="lines" aria-label={words.value.steps}>
          {current.history?.map((step) => (
            <li key={`${step.at}-${step.by}`}>
              <Moment at={step.at} /> <b>{step.by}</b> {stateName(step.state)}
              {step.assignee && ` @${step.assignee}`} {step.note && <q dir="auto">{step.note}</q>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
