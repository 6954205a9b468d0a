// Small parts that several views show.
import type { ComponentChildren } from 'preact';
import { brands } from './brands';
import { lostSince } from './live/connection';
import { address, type View } from './route';
import type { Label, Post } from './types';
import { moment, number, words } from './words';

export const signs: Record<Label, string> = {
  positive: '+',
  negative: '−',
  neutral: '=',
  mixed: '±',
  abstain: '?',
};

// A sign and a word beside the colour, which alone says nothing.
export function LabelChip({ label, score }: { label: Label; score?: number }) {
  const shown = label === 'abstain' || score === undefined ? '' : ` ${number(score, 2)}`;
  return (
    <span class={`chip ${label}`}>
      {signs[label]} {words.value[label]}
      {shown}
    </span>
  );
}

export function ActChip({ act, title }: { act: string; title?: string }) {
  return (
    <span class="chip act" title={title}>
      {words.value.actNames[act] ?? act}
    </span>
  );
}

export function Moment({ at }: { at: string | null | undefined }) {
  return <time dateTime={at ?? ''}>{moment(at)}</time>;
}

// Only http and https lead out of the page.
export function safeAddress(url: string | undefined): string | null {
  try {
    const parsed = new URL(url ?? '');
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : null;
  } catch {
    return null;
  }
}

export function OutLink({ url, children }: { url: string | undefined; children: ComponentChildren }) {
  const to = safeAddress(url);
  if (!to) return null;
  return (
    <a href={to} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

export function authorName(author: Post['author']): string {
  return author.name || author.handle || author.id || words.value.unknownAuthor;
}

export function Figure(props: { name: string; value: string; hint?: string | undefined }) {
  return (
    <div class="figure">
      <span class="name">{props.name}</span>
      <strong>{props.value}</strong>
      {props.hint && <small>{props.hint}</small>}
    </div>
  );
}

// A part of 1 as a length; the number stands beside it.
export function Bar({ share }: { share: number }) {
  const width = `${Math.min(1, Math.max(0, share)) * 100}%`;
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width }} />
    </span>
  );
}

export function Failure({ message, again }: { message: string; again?: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>{words.value.failed + message}</p>
      {again && (
        <button type="button" onClick={again}>
          {words.value.retry}
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

// Takes the room that the answer will take, so that nothing jumps when it comes.
export function Waiting({ like = 'lines', count = 1 }: { like?: 'lines' | 'figures' | 'chart' | 'cards' | 'rows'; count?: number }) {
  return (
    <div class={`waiting ${like}`} aria-busy="true">
      <span class="unseen">{words.value.loading}</span>
      {Array.from({ length: count }, (_, i) => (
        <span key={i} class="bone" aria-hidden="true" />
      ))}
    </div>
  );
}

// What of the answer is there: its failure, what stands for it until it comes, or nothing to say.
// That an answer is old since the connection is lost, the page says once.
export function Pending(props: {
  data: unknown;
  error: string;
  again: () => void;
  children: ComponentChildren;
}) {
  const isKnown = props.data !== null && lostSince.value !== null;
  if (props.error && !isKnown) return <Failure message={props.error} again={props.again} />;
  return props.data === null ? <>{props.children}</> : null;
}

// Where a view is of one brand and none is chosen.
export function ChooseBrand({ view }: { view: View }) {
  return (
    <Empty>
      <p>{words.value.chooseBrand}</p>
      <p class="tabs">
        {brands.value.map(({ id, name }) => (
          <a key={id} class="button" href={address(view, [], id)}>
            {name}
          </a>
        ))}
      </p>
    </Empty>
  );
}

interface ChoiceProps<T extends string> {
  name: string;
  value: T;
  options: readonly (readonly [T, string])[];
  choose: (value: T) => void;
}

export function Choice<T extends string>({ name, value, options, choose }: ChoiceProps<T>) {
  return (
    <label class="field">
      <span>{name}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value as T)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
