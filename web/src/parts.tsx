// Small parts that several views show.
import type { ComponentChildren } from 'preact';
import type { Label, Post } from './types';
import { language, moment, number, words } from './words';

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
  const address = safeAddress(url);
  if (!address) return null;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
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
  return <p class="empty">{children}</p>;
}

export function Waiting() {
  return (
    <p class="empty" aria-busy="true">
      {words.value.loading}
    </p>
  );
}

// Counts are always written for people of the page's language.
export function counted(value: number): string {
  return language.value && number(value);
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
