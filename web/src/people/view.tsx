// People of a brand: who stands up for it, who may leave, who speaks against it.
import { signal } from '@preact/signals';
import { get } from '../api';
import { useLoaded } from '../load';
import { authorName, counted, Empty, Failure, Waiting } from '../parts';
import { address, brand, place } from '../route';
import type { Advocate } from '../types';
import { number, words } from '../words';
import { PersonPage } from './person';

const lists = ['advocates', 'atRisk', 'detractors', 'micro', 'lapsed'] as const;
type ListName = (typeof lists)[number];
const list = signal<ListName>('advocates');

const queries: Record<ListName, Record<string, string | number>> = {
  advocates: { top: 50 },
  atRisk: { at_risk: 'true', top: 50 },
  detractors: { class: 'detractor', top: 50 },
  micro: { top: 1000 },
  lapsed: { lapsed: 'true', top: 50 },
};

export function People() {
  const [source, id] = place.value.rest;
  if (source && id) return <PersonPage key={`${source}/${id}`} source={source} id={id} />;
  if (!brand.value) return <Empty>{words.value.chooseBrand}</Empty>;
  return (
    <div class="people">
      <div class="tabs" role="group" aria-label={words.value.people}>
        {lists.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={list.value === name}
            onClick={() => {
              list.value = name;
            }}
          >
            {words.value[name]}
          </button>
        ))}
      </div>
      <Ranking />
    </div>
  );
}

function Ranking() {
  const ofBrand = brand.value;
  const name = list.value;
  const { data, error, again } = useLoaded(
    () =>
      get<{ advocates: Advocate[] }>(`/brands/${encodeURIComponent(ofBrand)}/advocates`, queries[name]),
    [ofBrand, name],
  );
  if (error) return <Failure message={error} again={again} />;
  if (!data) return <Waiting />;
  const found = name === 'micro' ? data.advocates.filter((one) => one.micro_advocate) : data.advocates;
  if (found.length === 0) return <Empty>{words.value.nobodyFound}</Empty>;
  return (
    <ol class="cards ranking">
      {found.map((person) => (
        <PersonCard key={`${person.author.source}/${person.author.id}`} person={person} />
      ))}
    </ol>
  );
}

function PersonCard({ person }: { person: Advocate }) {
  const w = words.value;
  const { author } = person;
  const shown = person.evidence[0] ?? person.counter_evidence[0];
  return (
    <li class="card person">
      <span class="rank" aria-hidden="true">
        {person.rank}
      </span>
      <div>
        <a href={address('people', [author.source ?? '', author.id])}>
          <b>{authorName(author)}</b>
        </a>{' '}
        <span class="quiet">
          {author.handle && `@${author.handle} · `}
          {author.source}
        </span>
        <p>
          <span class="chip">{w.classNames[person.class] ?? person.class}</span>
          <span class="chip">{w.levelNames[person.level] ?? person.level}</span>
          <span class="chip">{w.typeNames[person.type] ?? person.type}</span>
        </p>
        <p class="quiet">
          {w.counts(counted(person.mentions), counted(person.recommendations), counted(person.defences))}
        </p>
        {shown && (
          <q dir="auto">{shown.text.length > 240 ? `${shown.text.slice(0, 240)}…` : shown.text}</q>
        )}
      </div>
      <p class="score">
        <b>{number(person.score, 1)}</b>
        <small>
          {w.atLeast} {number(person.score_low, 1)}
        </small>
      </p>
    </li>
  );
}
