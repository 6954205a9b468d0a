// The filters, and the pause. On a phone the filters are folded away.
import { useEffect, useRef } from 'preact/hooks';
import { get } from '../api';
import { useLoaded } from '../load';
import { isNarrow } from '../narrow';
import { Choice, signs } from '../parts';
import { type Label, labels, type Source, type State, states } from '../types';
import { words } from '../words';
import { filters, refusal } from './feed';
import { stateName } from './list';
import { isPaused, seenSources, setPaused } from './rows';

const knownSources = ['bluesky', 'mastodon', 'reddit', 'x', 'hackernews', 'youtube', 'lemmy', 'appstore',
  'googleplay', 'trustpilot', 'googleplaces', 'googlebusiness', 'feed'];

// Those that mentions came from or that the server reads, then all others that it could.
function useSources(): string[] {
  const { data } = useLoaded(
    () => get<{ sources: Source[] }>('/sources').catch(() => null), // not for everybody
    [],
  );
  const here = new Set([...seenSources.value, ...(data?.sources.map((one) => one.name) ?? [])]);
  if (filters.value.source) here.add(filters.value.source);
  return [...[...here].sort(), ...knownSources.filter((one) => !here.has(one))];
}

export function FilterBar() {
  const { where: _where, ...choices } = filters.value;
  const used = Object.values(filters.value).filter(Boolean).length;
  return (
    <section class="filters" aria-label={words.value.filters}>
      {isNarrow.value ? (
        <details class="fold">
          <summary>
            {words.value.filters}
            {used > 0 && ` (${used})`}
          </summary>
          <div class="fields">
            <Fields now={choices} />
          </div>
        </details>
      ) : (
        <Fields now={choices} />
      )}
      <button
        type="button"
        class="pause"
        aria-pressed={isPaused.value}
        onClick={() => setPaused(!isPaused.value)}
      >
        {isPaused.value ? words.value.resume : words.value.pause}
      </button>
      {refusal.value && (
        <p class="failure" role="alert">
          {refusal.value}
        </p>
      )}
    </section>
  );
}

type Choices = Omit<typeof filters.value, 'where'>;

function Fields({ now }: { now: Choices }) {
  const w = words.value;
  const sources = useSources();
  const set = (part: Partial<Choices>) => {
    filters.value = { ...filters.value, ...part };
  };
  const any = ['', w.any] as const;
  return (
    <>
      <Choice
        name={w.label}
        value={now.label}
        options={[any, ...labels.map((one) => [one, `${signs[one]} ${w[one]}`] as const)]}
        choose={(label: Label | '') => set({ label })}
      />
      <Choice
        name={w.act}
        value={now.act}
        options={[any, ...Object.entries(w.actNames)]}
        choose={(act) => set({ act })}
      />
      <Choice
        name={w.relation}
        value={now.relation}
        options={[any, ...Object.entries(w.classNames)]}
        choose={(relation) => set({ relation })}
      />
      <Choice
        name={w.source}
        value={now.source}
        options={[any, ...sources.map((one) => [one, one] as const)]}
        choose={(source) => set({ source })}
      />
      <Choice
        name={w.spoken}
        value={now.lang}
        options={[any, ['it', 'italiano'], ['en', 'English']]}
        choose={(lang) => set({ lang })}
      />
      <Choice
        name={w.state}
        value={now.state}
        options={[any, ...states.map((one) => [one, stateName(one)] as const)]}
        choose={(state: State | '') => set({ state })}
      />
      <Where />
    </>
  );
}

function Where() {
  const field = useRef<HTMLInputElement>(null);
  const { where } = filters.value;
  useEffect(() => {
    if (field.current) field.current.value = where;
  }, [where]);
  const apply = (event: Event) => {
    event.preventDefault();
    filters.value = { ...filters.value, where: field.current?.value ?? '' };
  };
  return (
    <form class="field where" onSubmit={apply}>
      <label for="where">{words.value.where}</label>
      <span class="line">
        <input
          ref={field}
          id="where"
          maxLength={4096}
          autocomplete="off"
          spellcheck={false}
          aria-describedby="where-hint"
          aria-invalid={refusal.value !== ''}
        />
        <button type="submit">{words.value.apply}</button>
      </span>
      <small id="where-hint">{words.value.whereHint}</small>
    </form>
  );
}
