// The overview of a brand: how much is said, how it is spoken of, warnings, and the sources.
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { get } from '../api';
import { newestAlert } from '../live/feed';
import { useLoaded } from '../load';
import { Choice, counted, Empty, Failure, Figure, Moment, Waiting } from '../parts';
import { brand } from '../route';
import type { Alert, Bucket, Source, Standing, Stats } from '../types';
import { number, words } from '../words';
import { Chart, type Line } from './chart';

const minute = 60_000;
const ranges = {
  quarter: { span: 15 * minute, bucket: '5m', step: 5 * minute },
  hour: { span: 60 * minute, bucket: '5m', step: 5 * minute },
  day: { span: 1440 * minute, bucket: '1h', step: 60 * minute },
  week: { span: 7 * 1440 * minute, bucket: '1h', step: 60 * minute },
  month: { span: 30 * 1440 * minute, bucket: '1d', step: 1440 * minute },
  year: { span: 365 * 1440 * minute, bucket: '1d', step: 1440 * minute },
} as const;
type Range = keyof typeof ranges;
const range = signal<Range>('month');
const refreshSeconds = 15;

export function Overview() {
  const isChosen = brand.value !== '';
  return (
    <div class="overview">
      <Choice
        name={words.value.range}
        value={range.value}
        options={Object.entries(words.value.ranges) as [Range, string][]}
        choose={(chosen) => {
          range.value = chosen;
        }}
      />
      {isChosen ? <BrandFigures key={brand.value} /> : <Empty>{words.value.chooseBrand}</Empty>}
      <Warnings />
      <Sources />
    </div>
  );
}

interface Figures {
  stats: Stats;
  from: number;
  to: number;
}

function askFigures(ofBrand: string, of: Range): Promise<Figures> {
  const { span, bucket, step } = ranges[of];
  const to = Date.now();
  const from = Math.floor((to - span) / step) * step;
  const query = { bucket, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return get<Stats>(`/brands/${encodeURIComponent(ofBrand)}/stats`, query).then((stats) => ({
    stats,
    from,
    to,
  }));
}

// Empty buckets are not sent: the line goes to zero there.
function seriesOf({ stats, from, to }: Figures, step: number) {
  const byTime = new Map(stats.buckets.map((one) => [Date.parse(one.begin), one]));
  const times: number[] = [];
  const series: Record<'mentions' | 'positive' | 'negative', number[]> = {
    mentions: [],
    positive: [],
    negative: [],
  };
  for (let at = from; at <= to; at += step) {
    const one: Bucket | undefined = byTime.get(at);
    times.push(at / 1000);
    series.mentions.push(one?.mentions ?? 0);
    series.positive.push(one?.positive ?? 0);
    series.negative.push(one?.negative ?? 0);
  }
  return { times, series };
}

function BrandFigures() {
  const ofBrand = brand.value;
  const of = range.value;
  const { data, error, again } = useLoaded(
    () => askFigures(ofBrand, of),
    [ofBrand, of],
    refreshSeconds,
  );
  const shown = useMemo(() => (data ? seriesOf(data, ranges[of].step) : null), [data]);
  const w = words.value;
  const lines = useMemo<Line[]>(
    () =>
      shown
        ? [
            { name: w.mentions, color: '--text', values: shown.series.mentions },
            { name: `+ ${w.positive}`, color: '--positive', values: shown.series.positive },
            { name: `− ${w.negative}`, color: '--negative', dash: [6, 3], values: shown.series.negative },
          ]
        : [],
    [shown, w],
  );
  if (error && !data) return <Failure message={error} again={again} />;
  if (!data || !shown) return <Waiting />;
  const { total, share_of_voice: share, mention_recommendation_balance: balance, survey_nps: nps } = data.stats;
  return (
    <>
      {error && <Failure message={error} again={again} />}
      <div class="figures">
        <Figure name={w.mentions} value={counted(total.mentions)} />
        <Figure name={`+ ${w.positive}`} value={counted(total.positive)} />
        <Figure name={`− ${w.negative}`} value={counted(total.negative)} />
        <Figure name={w.complaints} value={counted(total.complaints)} />
        <Figure
          name={w.share}
          value={share === null ? '–' : `${number(share * 100, 1)} %`}
          hint={w.ofAll}
        />
        <Figure
          name={w.balance}
          value={balance === null ? '–' : number(balance, 2)}
          hint={balanceHint(total)}
        />
        <Figure
          name={w.nps}
          value={nps.nps === null ? '–' : number(nps.nps)}
          hint={nps.answers === 0 ? w.noAnswers : w.interval(number(nps.low ?? 0), number(nps.high ?? 0))}
        />
      </div>
      {total.mentions === 0 ? (
        <Empty>{w.nothingInRange}</Empty>
      ) : (
        <Chart name={w.volume} times={shown.times} lines={lines} />
      )}
    </>
  );
}

// Wilson's interval of the share of recommendations, moved from 0…1 to −1…1.
function balanceHint(total: Bucket): string {
  const n = total.recommendations + total.anti_recommendations;
  if (n === 0) return words.value.balanceHint;
  const z = 1.959964;
  const p = total.recommendations / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const text = (share: number) => number(2 * share - 1, 2);
  return words.value.interval(text(middle - half), text(middle + half));
}

interface AlertsAnswer {
  standing: Standing[];
  alerts: Alert[];
}

function Warnings() {
  const { data, error, again } = useLoaded(
    () => get<AlertsAnswer>('/alerts', { last: 20, brand: brand.value }),
    [brand.value, newestAlert.value],
    60,
  );
  const w = words.value;
  return (
    <section>
      <h2>{w.warnings}</h2>
      {error && <Failure message={error} again={again} />}
      {!data && !error && <Waiting />}
      <ul class="cards">
        {data?.standing.map((one) => (
          <li key={one.brand} class={`card level-${one.level}`}>
            <b>{one.brand.replaceAll('_', ' ')}</b> <span class="chip">{w.levels[one.level]}</span>
            <p>{w.critics(counted(one.critics), number(one.usual, 1))}</p>
            <p class="quiet">
              {w.defence}:{' '}
              {one.defence_ratio === null ? w.noCritics : `${number(one.defence_ratio, 2)} (${w.defenceHint})`}
            </p>
          </li>
        ))}
      </ul>
      {data && data.alerts.length === 0 && <p class="quiet">{w.noWarnings}</p>}
      <ol class="lines">
        {data?.alerts.toReversed().map((alert) => (
          <li key={alert.alert_id}>
            <Moment at={alert.at} /> <b>{alert.brand.replaceAll('_', ' ')}</b>{' '}
            {w.levels[alert.before]} → <b>{w.levels[alert.level]}</b>
            <ul>
              {alert.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Sources() {
  const { data, error, again } = useLoaded(() => get<{ sources: Source[] }>('/sources'), [], 5);
  const w = words.value;
  return (
    <section>
      <h2>{w.sources}</h2>
      {error && <Failure message={error} again={again} />}
      {!data && !error && <Waiting />}
      {data && data.sources.length === 0 && <p class="quiet">{w.noSources}</p>}
      <ul class="cards">
        {data?.sources.map((one) => (
          <li key={one.name} class={`card source-${one.state}`}>
            <b>{one.name}</b> <span class="quiet">{one.type}</span>{' '}
            <span class="chip">{w.sourceStates[one.state] ?? one.state}</span>
            <p>
              {number(one.records_per_second, 1)} {w.perSecond} · {counted(one.mentions)} {w.mentions}
              {one.lag_seconds !== null && one.lag_seconds !== undefined && ` · ${number(one.lag_seconds)} s ${w.lag}`}
            </p>
            {one.last_error && (
              <p class="quiet">
                {w.lastError}: {one.last_error}
              </p>
            )}
            <p class="quiet">
              {one.gap_count === 0 ? w.noGaps : `${w.gaps}: ${counted(one.gap_count)}`}
            </p>
            <ul>
              {one.gaps.slice(0, 3).map((gap) => (
                <li key={gap.number}>
                  <Moment at={gap.from} /> – <Moment at={gap.to} />: {gap.reason}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
