// The figures and lines of one brand in the time that is chosen.
import { useMemo } from 'preact/hooks';
import { useLoaded } from '../load';
import { Empty, Figure, Pending, Waiting } from '../parts';
import { brand } from '../route';
import type { Bucket, Stats } from '../types';
import { number, percent, signed, words } from '../words';
import { Chart, type Line } from './chart';
import { type Range, range, ranges, windowOf } from './ranges';
import { askStats } from './stats';

const refreshSeconds = 15;

interface Figures {
  stats: Stats | null;
  from: number;
  to: number;
}

async function askFigures(ofBrand: string, of: Range): Promise<Figures> {
  const { from, to, query } = windowOf(of);
  return { stats: await askStats(ofBrand, query), from, to };
}

interface Series {
  times: number[];
  mentions: number[];
  positive: number[];
  negative: number[];
  sentiment: (number | null)[];
}

// Empty buckets are not sent: no mentions then, and no sentiment.
function seriesOf(stats: Stats, from: number, to: number, step: number): Series {
  const byTime = new Map(stats.buckets.map((one) => [Date.parse(one.begin), one]));
  const series: Series = { times: [], mentions: [], positive: [], negative: [], sentiment: [] };
  for (let at = from; at <= to; at += step) {
    const one = byTime.get(at);
    series.times.push(at / 1000);
    series.mentions.push(one?.mentions ?? 0);
    series.positive.push(one?.positive ?? 0);
    series.negative.push(one?.negative ?? 0);
    series.sentiment.push(one ? sentimentOf(one) : null);
  }
  return series;
}

function sentimentOf({ mentions, positive, negative }: Bucket): number | null {
  return mentions > 0 ? (positive - negative) / mentions : null;
}

export function BrandFigures() {
  const ofBrand = brand.value;
  const of = range.value;
  const loaded = useLoaded(() => askFigures(ofBrand, of), [ofBrand, of], refreshSeconds);
  const { data } = loaded;
  return (
    <>
      <Pending {...loaded}>
        <Waiting like="figures" count={5} />
        <Waiting like="chart" count={2} />
      </Pending>
      {data && !data.stats && <Empty>{words.value.nothingInRange}</Empty>}
      {data?.stats && <Totals stats={data.stats} />}
      {data?.stats && <Lines stats={data.stats} from={data.from} to={data.to} of={of} />}
    </>
  );
}

function Totals({ stats }: { stats: Stats }) {
  const w = words.value;
  const { total, share_of_voice: share } = stats;
  const part = (count: number) => (total.mentions > 0 ? percent(count / total.mentions) : undefined);
  const sentiment = sentimentOf(total);
  return (
    <div class="figures">
      <Figure
        name={w.mentions}
        value={number(total.mentions)}
        hint={share === null ? undefined : w.ofAll(percent(share, 1))}
      />
      <Figure name={`+ ${w.allPositive}`} value={number(total.positive)} hint={part(total.positive)} />
      <Figure name={`− ${w.allNegative}`} value={number(total.negative)} hint={part(total.negative)} />
      <Figure
        name={w.netSentiment}
        value={sentiment === null ? '–' : signed(sentiment, 2)}
        hint={w.netSentimentHint}
      />
      <Figure name={w.complaints} value={number(total.complaints)} hint={part(total.complaints)} />
    </div>
  );
}

function Lines({ stats, from, to, of }: { stats: Stats; from: number; to: number; of: Range }) {
  const w = words.value;
  const { times, counts, sentiment } = useMemo(() => {
    const series = seriesOf(stats, from, to, ranges[of].step);
    const counted: Line[] = [
      { name: w.mentions, color: '--text', values: series.mentions },
      { name: `+ ${w.allPositive}`, color: '--positive', values: series.positive },
      { name: `− ${w.allNegative}`, color: '--negative', dash: [6, 3], values: series.negative },
    ];
    const spoken: Line[] = [{ name: w.netSentiment, color: '--focus', values: series.sentiment }];
    return { times: series.times, counts: counted, sentiment: spoken };
  }, [stats, w]);
  if (stats.total.mentions === 0) return <Empty>{w.nothingInRange}</Empty>;
  return (
    <>
      <Chart name={w.volume} times={times} lines={counts} />
      <Chart name={w.sentimentOverTime} times={times} lines={sentiment} isSigned />
    </>
  );
}
