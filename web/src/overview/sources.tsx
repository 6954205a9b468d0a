// The feeds that the server reads: whether they flow, how far behind, and what may be missing.
import { get } from '../api';
import { useLoaded } from '../load';
import { Moment, Pending, Waiting } from '../parts';
import type { Gap, Source } from '../types';
import { number, words } from '../words';

const refreshSeconds = 5;
const mostGaps = 3;
const stateSigns: Record<string, string> = {
  starting: '…', connecting: '…', reading: '✓', waiting: '!', stopped: '■',
};

export function Sources() {
  const loaded = useLoaded(() => get<{ sources: Source[] }>('/sources'), [], refreshSeconds);
  const w = words.value;
  const { data } = loaded;
  return (
    <section>
      <h2>{w.sources}</h2>
      {!data && (
        <Pending {...loaded}>
          <Waiting like="cards" count={2} />
        </Pending>
      )}
      {data?.sources.length === 0 && <p class="quiet">{w.noSources}</p>}
      <ul class="cards">
        {data?.sources.map((one) => (
          <SourceCard key={one.name} source={one} />
        ))}
      </ul>
    </section>
  );
}

function SourceCard({ source }: { source: Source }) {
  const w = words.value;
  const { state } = source;
  return (
    <li class={`card source-${state}`}>
      <b>{source.name}</b> <span class="quiet">{source.type}</span>{' '}
      <span class={`chip source-${state}`}>
        <span aria-hidden="true">{stateSigns[state] ?? '?'}</span> {w.sourceStates[state] ?? state}
      </span>
      <p>
        {w.rate(number(source.records_per_second, 1))} · {w.mentionsHere(number(source.mentions))}
        {source.lag_seconds !== null && ` · ${w.behind(number(source.lag_seconds))}`}
      </p>
      {source.last_record_at && (
        <p class="quiet">
          {w.lastRecord}: <Moment at={source.last_record_at} />
        </p>
      )}
      {source.last_error && (
        <p class="quiet">
          {w.lastError}: <span lang="en">{source.last_error}</span>
          {source.last_error_at && (
            <>
              {' '}
              (<Moment at={source.last_error_at} />)
            </>
          )}
        </p>
      )}
      <Gaps source={source} />
    </li>
  );
}

function Gaps({ source }: { source: Source }) {
  const w = words.value;
  if (source.gap_count === 0) return <p class="quiet">✓ {w.noGaps}</p>;
  return (
    <>
      <p>
        ! {w.gaps}: {number(source.gap_count)}
      </p>
      <ul class="lines">
        {source.gaps.slice(0, mostGaps).map((gap: Gap) => (
          <li key={gap.number}>
            <b>{w.gapStates[gap.state] ?? gap.state}</b> <Moment at={gap.from} /> – <Moment at={gap.to} />
            <br />
            <span class="quiet" lang="en">
              {gap.reason}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
