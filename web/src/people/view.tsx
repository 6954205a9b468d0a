// People of a brand: who stands up for it, who may leave, who speaks against it.
import { signal } from '@preact/signals';
import { get } from '../api';
import { brandName } from '../brands';
import { useLoaded } from '../load';
import { authorName, ChooseBrand, Empty, Pending, Waiting } from '../parts';
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
  if (!brand.value) return <ChooseBrand view="people" />;
  return (
    <div class="people">
      <h2>{words.value.peopleOf(brandName(brand.value))}</h2>
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
  const loaded = useLoaded(
    () =>
      get<{ advocates: Advocate[] }>(`/brands/${encodeURIComponent(ofBrand)}/advocates`, queries[name]),
    [ofBrand, name],
  );
  const { data } = loaded;
  if (!data) {
    return (
      <Pending {...loaded}>
        <Waiting like="cards" count={6} />
      </Pending>
    );
  }
  const found = name === 'micro' ? data.advocates.filter((one) => one.micro_advocate) : data.advocates;
  if (found.length === 0) return <Empty>{words.value.nobodyOn[name]}</Empty>;
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
          <Named name={w.kind} value={w.classNames[person.class] ?? person.class} />
          <Named name={w.level} value={w.levelNames[person.level] ?? person.level} />
          <Named name={w.personType} value={w.typeNames[person.type] ?? person.type} />
          {person.at_risk && <span class="chip negative">! {w.atRisk}</span>}
          {person.lapsed && <span class="chip mixed">◌ {w.lapsed}</span>}
        </p>
        <p class="quiet">
          {w.counts(number(person.mentions), number(person.recommendations), number(person.defences))}
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

function Named({ name, value }: { name: string; value: string }) {
  return (
    <span class="chip">
      <span class="of">{name}:</span> {value}
    </span>
  );
}
