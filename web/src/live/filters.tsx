import { useEffect, useRef } from 'preact/hooks';
import { Choice, signs } from '../parts';
import { type Label, labels, type State, states } from '../types';
import { words } from '../words';
import { filters, isPaused, refusal, setPaused } from './feed';
import { stateName } from './list';

const sources = ['bluesky', 'mastodon', 'reddit', 'x', 'hackernews', 'youtube', 'lemmy', 'appstore',
  'googleplay', 'trustpilot', 'googleplaces', 'googlebusiness', 'feed'];

export function FilterBar() {
  const where = useRef<HTMLInputElement>(null);
  const now = filters.value;
  const set = (part: Partial<typeof now>) => {
    filters.value = { ...filters.value, ...part };
  };
  useEffect(() => {
    if (where.current) where.current.value = now.where;
  }, [now.where]);
  const apply = (event: Event) => {
    event.preventDefault();
    set({ where: where.current?.value ?? '' });
  };
  const any = ['', words.value.any] as const;
  return (
    <section class="filters" aria-label={words.value.filters}>
      <Choice
        name={words.value.label}
        value={now.label}
        options={[any, ...labels.map((one) => [one, `${signs[one]} ${words.value[one]}`] as const)]}
        choose={(label: Label | '') => set({ label })}
      />
      <Choice
        name={words.value.act}
        value={now.act}
        options={[any, ...Object.entries(words.value.actNames)]}
        choose={(act) => set({ act })}
      />
      <Choice
        name={words.value.source}
        value={now.source}
        options={[any, ...sources.map((one) => [one, one] as const)]}
        choose={(source) => set({ source })}
      />
      <Choice
        name={words.value.spoken}
        value={now.lang}
        options={[any, ['it', 'italiano'], ['en', 'English']]}
        choose={(lang) => set({ lang })}
      />
      <Choice
        name={words.value.state}
        value={now.state}
        options={[any, ...states.map((one) => [one, stateName(one)] as const)]}
        choose={(state: State | '') => set({ state })}
      />
      <form class="field where" onSubmit={apply}>
        <label for="where">{words.value.where}</label>
        <span class="line">
          <input
            ref={where}
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
