// How every brand stands now, and what was warned of.
import { get } from '../api';
import { brandName } from '../brands';
import { newestAlert } from '../live/feed';
import { useLoaded } from '../load';
import { Moment, Pending, Waiting } from '../parts';
import { address, brand } from '../route';
import type { Alert, Standing, WarningLevel } from '../types';
import { number, words } from '../words';

const refreshSeconds = 60;
const mostAlerts = 20;
const mostLinks = 5;
const levelSigns: Record<WarningLevel, string> = { none: '○', watch: '◔', warn: '◑', crisis: '●' };

interface AlertsAnswer {
  standing: Standing[];
  alerts: Alert[];
}

export function Warnings() {
  const loaded = useLoaded(
    () => get<AlertsAnswer>('/alerts', { last: mostAlerts, brand: brand.value }),
    [brand.value, newestAlert.value],
    refreshSeconds,
  );
  const w = words.value;
  const { data } = loaded;
  return (
    <section>
      <h2>{w.warnings}</h2>
      <Pending {...loaded}>
        <Waiting like="cards" count={1} />
      </Pending>
      <ul class="cards">
        {data?.standing.map((one) => (
          <StandingCard key={one.brand} standing={one} />
        ))}
      </ul>
      {data && data.alerts.length === 0 && <p class="quiet">{w.noWarnings}</p>}
      <ol class="lines">
        {data?.alerts.toReversed().map((alert) => (
          <AlertLine key={alert.alert_id} alert={alert} />
        ))}
      </ol>
    </section>
  );
}

function Level({ level }: { level: WarningLevel }) {
  return (
    <span class={`chip level-${level}`}>
      <span aria-hidden="true">{levelSigns[level]}</span> {words.value.levels[level]}
    </span>
  );
}

function StandingCard({ standing }: { standing: Standing }) {
  const w = words.value;
  const { defence_ratio: ratio } = standing;
  return (
    <li class={`card level-${standing.level}`}>
      <b>{brandName(standing.brand)}</b> <Level level={standing.level} />
      <p>{w.critics(number(standing.critics), number(standing.usual, 1))}</p>
      <p class="quiet">
        {w.defence}: {ratio === null ? w.noCritics : `${number(ratio, 2)} (${w.defenceHint})`}
      </p>
    </li>
  );
}

// The reasons are told as the server says them.
function AlertLine({ alert }: { alert: Alert }) {
  const w = words.value;
  return (
    <li>
      <Moment at={alert.at} /> <b>{brandName(alert.brand)}</b> {w.levels[alert.before]} →{' '}
      <Level level={alert.level} />
      <ul lang="en">
        {alert.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      {alert.mentions.length > 0 && (
        <p>
          {w.alertMentions}{' '}
          {alert.mentions.slice(0, mostLinks).map((id, i) => (
            <span key={id}>
              <a href={address('live', [id], alert.brand)}>{w.mentionNumber(number(i + 1))}</a>{' '}
            </span>
          ))}
        </p>
      )}
    </li>
  );
}
