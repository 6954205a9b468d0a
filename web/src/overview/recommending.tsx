// Whether people recommend the brand. Three series that are never merged: what authors write, what
// surveys were answered, and stars. Asked for less often: the server reads every history for it.
import { useLoaded } from '../load';
import { Pending, Waiting } from '../parts';
import { brand } from '../route';
import type { Bucket, Stats } from '../types';
import { number, signed, words } from '../words';
import { range, windowOf } from './ranges';
import { askStats } from './stats';

const refreshSeconds = 300;

export function Recommending() {
  const ofBrand = brand.value;
  const loaded = useLoaded(
    async () => ({
      stats: await askStats(ofBrand, { ...windowOf(range.peek()).query, balance: 'true', kpi: 'true' }),
    }),
    [ofBrand, range.value],
    refreshSeconds,
  );
  const stats = loaded.data?.stats;
  return (
    <section class="card">
      <h3>{words.value.recommending}</h3>
      <Pending {...loaded}>
        <Waiting like="lines" count={5} />
      </Pending>
      {stats === null && <p class="quiet">{words.value.nothingInRange}</p>}
      {stats && <Measures stats={stats} />}
    </section>
  );
}

function Measures({ stats }: { stats: Stats }) {
  const w = words.value;
  const { total, recommendation_balance: ofPeople, survey_nps: nps, star_proxy: stars, kpi } = stats;
  const balance = stats.mention_recommendation_balance;
  return (
    <dl class="measures">
      {ofPeople && (
        <Measure
          name={w.balance}
          estimate={{ value: ofPeople.balance, low: ofPeople.low, high: ofPeople.high }}
          most={100}
          hint={
            ofPeople.balance === null
              ? w.tooFewAuthors(number(ofPeople.authors), number(ofPeople.authors_needed))
              : w.ofAuthors(number(ofPeople.promoters), number(ofPeople.detractors), number(ofPeople.authors))
          }
        />
      )}
      <Measure
        name={w.balanceOfMentions}
        estimate={{ value: balance, ...intervalOf(total) }}
        most={1}
        hint={w.recommendCounts(number(total.recommendations), number(total.anti_recommendations))}
      />
      {kpi && (
        <Measure
          name={w.defence}
          text={kpi.defence_ratio === null ? '–' : number(kpi.defence_ratio, 2)}
          hint={w.defenceCounts(number(kpi.defenders), number(kpi.critics))}
        />
      )}
      <Measure
        name={w.nps}
        estimate={{ value: nps.nps, low: nps.low, high: nps.high }}
        most={100}
        hint={nps.answers === 0 ? w.noAnswers : w.answersCount(number(nps.answers))}
      />
      {stars && stars.mean_stars !== null && (
        <Measure name={w.stars} text={number(stars.mean_stars, 1)} hint={w.reviewsCount(number(stars.reviews))} />
      )}
    </dl>
  );
}

interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
}

interface MeasureProps {
  name: string;
  text?: string;
  estimate?: Estimate;
  most?: number; // of the scale, which goes from its negative on
  hint: string;
}

function Measure({ name, text, estimate, most = 1, hint }: MeasureProps) {
  const digits = most > 1 ? 0 : 2;
  const { value = null, low = null, high = null } = estimate ?? {};
  const shown = text ?? (value === null ? '–' : signed(value, digits));
  const hasInterval = value !== null && low !== null && high !== null;
  return (
    <div class="measure">
      <dt>{name}</dt>
      <dd>
        <strong>{shown}</strong>{' '}
        {hasInterval && (
          <small>{words.value.interval(signed(low, digits), signed(high, digits))}</small>
        )}
        {hasInterval && <Scale value={value / most} low={low / most} high={high / most} />}
        <small class="hint">{hint}</small>
      </dd>
    </div>
  );
}

// From −1 to 1, with the interval as a band; what it shows stands beside it in figures.
function Scale({ value, low, high }: { value: number; low: number; high: number }) {
  const place = (at: number) => `${((Math.min(1, Math.max(-1, at)) + 1) / 2) * 100}%`;
  const width = `${((Math.min(1, high) - Math.max(-1, low)) / 2) * 100}%`;
  return (
    <span class="scale" aria-hidden="true">
      <span class="band" style={{ left: place(low), width }} />
      <span class="point" style={{ left: place(value) }} />
    </span>
  );
}

// Wilson's interval of the share of recommendations, moved from 0…1 to −1…1.
function intervalOf(total: Bucket): { low: number | null; high: number | null } {
  const n = total.recommendations + total.anti_recommendations;
  if (n === 0) return { low: null, high: null };
  const z = 1.959964;
  const p = total.recommendations / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: 2 * (middle - half) - 1, high: 2 * (middle + half) - 1 };
}
