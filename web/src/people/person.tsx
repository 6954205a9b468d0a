// Everything of one person: each brand with what the score is made of, the evidence for it and
// against it, and what is kept: it can be taken out and erased.
import { useMemo, useState } from 'preact/hooks';
import { get, request } from '../api';
import { useLoaded } from '../load';
import { Chart } from '../overview/chart';
import { authorName, counted, Failure, Figure, LabelChip, Moment, OutLink, Waiting } from '../parts';
import { address } from '../route';
import type { Advocate, BrandHistory, Evidence, Mention, Person } from '../types';
import { number, words } from '../words';

export function PersonPage({ source, id }: { source: string; id: string }) {
  const path = `/authors/${encodeURIComponent(source)}/${encodeURIComponent(id)}`;
  const { data, error, again } = useLoaded(() => get<Person>(path), [path]);
  const [isErased, setIsErased] = useState(false);
  const w = words.value;
  if (isErased) return <p role="status">{w.erased}</p>;
  if (error) return <Failure message={error} again={again} />;
  if (!data) return <Waiting />;
  const { author } = data;
  return (
    <article class="person-page">
      <p>
        <a href={address('people')}>← {w.people}</a>
      </p>
      <h2>{authorName(author)}</h2>
      <p class="quiet">
        {author.handle && `@${author.handle} · `}
        {source}
        {author.followers !== undefined && ` · ${counted(author.followers)} ${w.followers}`}
      </p>
      {author.bio && <p dir="auto">{author.bio}</p>}
      {data.brands.map((history) => (
        <BrandPart key={history.brand} history={history} source={source} id={id} />
      ))}
      <Kept path={path} erased={() => setIsErased(true)} />
    </article>
  );
}

function BrandPart({ history, source, id }: { history: BrandHistory; source: string; id: string }) {
  const w = words.value;
  const { standing, aggregate, mentions } = history;
  const { times, lines } = useMemo(() => timelineOf(mentions, w.mentions), [mentions, w]);
  return (
    <section>
      <h3>{history.brand.replaceAll('_', ' ')}</h3>
      <div class="figures">
        <Figure name={w.mentions} value={counted(aggregate.mentions)} />
        <Figure name={`+ ${w.positive}`} value={counted(aggregate.positive)} />
        <Figure name={`− ${w.negative}`} value={counted(aggregate.negative)} />
        {standing && (
          <>
            <Figure
              name={w.score}
              value={number(standing.score, 1)}
              hint={`${w.atLeast} ${number(standing.score_low, 1)}`}
            />
            <Figure name={w.kind} value={w.classNames[standing.class] ?? standing.class} />
            <Figure name={w.level} value={w.levelNames[standing.level] ?? standing.level} />
            <Figure name={w.personType} value={w.typeNames[standing.type] ?? standing.type} />
          </>
        )}
      </div>
      {standing?.next_gate && (
        <p class="quiet">
          {w.nextGate}: {standing.next_gate}
        </p>
      )}
      <p>
        {Object.entries(aggregate.acts).map(([act, count]) => (
          <span key={act} class="chip act">
            {w.actNames[act] ?? act} {counted(count)}
          </span>
        ))}
      </p>
      {times.length > 1 && <Chart name={w.timeline} times={times} lines={lines} />}
      <Reasons brand={history.brand} source={source} id={id} relation={standing?.class ?? ''} />
      <ul class="lines">
        {mentions.map((one) => (
          <MentionLine key={one.mention_id} mention={one} />
        ))}
      </ul>
    </section>
  );
}

function MentionLine({ mention }: { mention: Mention }) {
  return (
    <li>
      <Moment at={mention.post.created_at} />{' '}
      <LabelChip label={mention.sentiment.label} score={mention.sentiment.score} />{' '}
      <span dir="auto">{mention.post.text}</span>{' '}
      <OutLink url={mention.post.url}>{words.value.openPost}</OutLink>
    </li>
  );
}

const day = 86_400_000;

function timelineOf(mentions: Mention[], name: string) {
  const counts = new Map<number, number>();
  for (const one of mentions) {
    const at = Math.floor(Date.parse(one.post.created_at) / day) * day;
    if (!Number.isNaN(at)) counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const days = [...counts.keys()].sort((a, b) => a - b);
  const times: number[] = [];
  const values: number[] = [];
  for (let at = days[0] ?? 0; days.length > 0 && at <= days.at(-1)!; at += day) {
    times.push(at / 1000);
    values.push(counts.get(at) ?? 0);
  }
  return { times, lines: [{ name, color: '--text', values }] };
}

interface OfPerson {
  brand: string;
  source: string;
  id: string;
  relation: string;
}

// The score taken apart, from the list that the person stands on.
function Reasons({ brand, source, id, relation }: OfPerson) {
  const query = { explain: 'true', top: 1000, source, ...(relation && { class: relation }) };
  const { data, error } = useLoaded(
    () => get<{ advocates: Advocate[] }>(`/brands/${encodeURIComponent(brand)}/advocates`, query),
    [brand, source, id, relation],
  );
  const w = words.value;
  if (error) return <Failure message={error} />;
  const found = data?.advocates.find((one) => one.author.id === id && one.author.source === source);
  if (!found) return null;
  return (
    <>
      <h4>{w.components}</h4>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.part}</th>
            <th scope="col">{w.value}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(found.components).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{w.componentNames[name] ?? name}</th>
              <td>
                <meter min={0} max={1} value={value} aria-hidden="true" /> {number(value, 2)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h4>{w.evidence}</h4>
      <EvidenceList items={found.evidence} />
      <h4>{w.counterEvidence}</h4>
      <EvidenceList items={found.counter_evidence} />
    </>
  );
}

function EvidenceList({ items }: { items: Evidence[] }) {
  const w = words.value;
  if (items.length === 0) return <p class="quiet">{w.nothingFound}</p>;
  return (
    <ul class="lines">
      {items.map((one) => (
        <li key={one.mention_id}>
          <Moment at={one.created_at} />{' '}
          {one.act && <span class="chip act">{w.actNames[one.act] ?? one.act}</span>}{' '}
          <q dir="auto">{one.text}</q> <OutLink url={one.url}>{w.openPost}</OutLink>
        </li>
      ))}
    </ul>
  );
}

function Kept({ path, erased }: { path: string; erased: () => void }) {
  const [error, setError] = useState('');
  const w = words.value;
  const take = async () => {
    setError('');
    try {
      const report = await get<unknown>(`${path}/access`);
      const file = new Blob([JSON.stringify(report, null, 1)], { type: 'application/json' });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = 'access-report.json';
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (problem) {
      setError((problem as Error).message);
    }
  };
  const erase = async () => {
    if (!confirm(w.eraseSure)) return;
    setError('');
    try {
      await request('DELETE', `/api/v1${path}`);
      erased();
    } catch (problem) {
      setError((problem as Error).message);
    }
  };
  return (
    <section>
      {error && <Failure message={error} />}
      <button type="button" onClick={() => void take()}>
        {w.export}
      </button>{' '}
      <button type="button" class="danger" onClick={() => void erase()}>
        {w.erase}
      </button>
    </section>
  );
}
