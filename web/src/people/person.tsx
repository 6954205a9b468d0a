// Everything of one person: for each brand the class, the score and what it is made of, what speaks
// for it and against it, and when they spoke; at the end what is kept.
import { useMemo, useState } from 'preact/hooks';
import { get } from '../api';
import { brandName } from '../brands';
import { useLoaded } from '../load';
import { Chart, type Line } from '../overview/chart';
import { authorName, Failure, Figure, LabelChip, Moment, OutLink, Waiting } from '../parts';
import { address, brand } from '../route';
import type { BrandHistory, Mention, Person } from '../types';
import { number, type Words, words } from '../words';
import { type Erasure, Kept } from './kept';
import { Reasons } from './reasons';

export function PersonPage({ source, id }: { source: string; id: string }) {
  const path = `/authors/${encodeURIComponent(source)}/${encodeURIComponent(id)}`;
  const { data, error, again } = useLoaded(() => get<Person>(path), [path]);
  const [proof, setProof] = useState<Erasure | null>(null);
  const w = words.value;
  const back = (
    <p>
      <a href={address('people')}>← {w.people}</a>
    </p>
  );
  if (proof) {
    return (
      <div class="person-page">
        {back}
        <h2>{w.erased}</h2>
        <p role="status">{w.erasedText(number(proof.mentions), number(proof.brands))}</p>
        <p class="quiet">
          {w.proof}: <code>{proof.author}</code>, <Moment at={proof.erased_at} />
        </p>
      </div>
    );
  }
  if (!data) {
    return (
      <div class="person-page">
        {back}
        {error ? (
          <Failure message={error} again={again} />
        ) : (
          <>
            <Waiting count={2} />
            <Waiting like="figures" count={6} />
            <Waiting like="chart" count={1} />
          </>
        )}
      </div>
    );
  }
  const { author } = data;
  const name = authorName(author);
  return (
    <article class="person-page">
      {back}
      <h2>{name}</h2>
      <p class="quiet">
        {author.handle && `@${author.handle} · `}
        {source}
        {author.followers !== undefined && ` · ${number(author.followers)} ${w.followers}`}
      </p>
      {author.bio && <p dir="auto">{author.bio}</p>}
      {chosenFirst(data.brands).map((history) => (
        <BrandPart key={history.brand} history={history} source={source} id={id} />
      ))}
      <Kept path={path} name={name} erased={setProof} />
    </article>
  );
}

// The brand that one came from, then those that the person speaks of most.
function chosenFirst(all: BrandHistory[]): BrandHistory[] {
  const weight = (one: BrandHistory) =>
    one.brand === brand.value ? Infinity : one.aggregate.mentions;
  return [...all].sort((a, b) => weight(b) - weight(a));
}

function BrandPart({ history, source, id }: { history: BrandHistory; source: string; id: string }) {
  const w = words.value;
  const { standing, aggregate, mentions } = history;
  const { times, lines } = useMemo(() => timelineOf(mentions, w), [mentions, w]);
  return (
    <section class="card">
      <h3>{brandName(history.brand)}</h3>
      <div class="figures">
        {standing && (
          <>
            <Figure name={w.kind} value={w.classNames[standing.class] ?? standing.class} />
            <Figure
              name={w.score}
              value={number(standing.score, 1)}
              hint={`${w.atLeast} ${number(standing.score_low, 1)}`}
            />
            <Figure name={w.level} value={w.levelNames[standing.level] ?? standing.level} />
            <Figure name={w.personType} value={w.typeNames[standing.type] ?? standing.type} />
          </>
        )}
        <Figure
          name={w.mentions}
          value={number(aggregate.mentions)}
          hint={`+ ${number(aggregate.positive)}  − ${number(aggregate.negative)}`}
        />
      </div>
      {standing?.next_gate && (
        <p class="quiet">
          {w.nextGate}: <span lang="en">{standing.next_gate}</span>
        </p>
      )}
      <p>
        {Object.entries(aggregate.acts).map(([act, count]) => (
          <span key={act} class="chip act">
            {w.actNames[act] ?? act} {number(count)}
          </span>
        ))}
      </p>
      <Reasons brand={history.brand} source={source} id={id} relation={standing?.class ?? ''} />
      {times.length > 1 && <Chart name={w.timeline} times={times} lines={lines} level="h4" />}
      <details>
        <summary>{w.allMentions(number(mentions.length))}</summary>
        <ul class="lines">
          {mentions.map((one) => (
            <MentionLine key={one.mention_id} mention={one} />
          ))}
        </ul>
      </details>
    </section>
  );
}

function MentionLine({ mention }: { mention: Mention }) {
  const { post, sentiment } = mention;
  return (
    <li>
      <a href={address('live', [mention.mention_id], mention.brand)}>
        <Moment at={post.created_at} />
      </a>{' '}
      <LabelChip label={sentiment.label} score={sentiment.score} />{' '}
      <span dir="auto" lang={mention.lang || undefined}>
        {post.text}
      </span>{' '}
      <OutLink url={post.url}>{words.value.openPost}</OutLink>
    </li>
  );
}

const day = 86_400_000;

function timelineOf(mentions: Mention[], w: Words): { times: number[]; lines: Line[] } {
  const days = new Map<number, Mention[]>();
  for (const one of mentions) {
    const at = Math.floor(Date.parse(one.post.created_at) / day) * day;
    if (!Number.isNaN(at)) days.set(at, [...(days.get(at) ?? []), one]);
  }
  const first = Math.min(...days.keys());
  const last = Math.max(...days.keys());
  const times: number[] = [];
  for (let at = first; at <= last; at += day) times.push(at);
  const count = (fits: (one: Mention) => boolean) => times.map((at) => (days.get(at) ?? []).filter(fits).length);
  return {
    times: times.map((at) => at / 1000),
    lines: [
      { name: w.mentions, color: '--text', values: count(() => true) },
      { name: `+ ${w.allPositive}`, color: '--positive', values: count((one) => one.sentiment.label === 'positive') },
      {
        name: `− ${w.allNegative}`,
        color: '--negative',
        dash: [6, 3],
        values: count((one) => one.sentiment.label === 'negative'),
      },
    ],
  };
}
