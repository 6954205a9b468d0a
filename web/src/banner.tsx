// How the connection is: a word in the header, and a notice while what is shown may be old.
import { connection, isResumed, lostSince } from './live/connection';
import { hurry } from './live/feed';
import { isPaused, waiting } from './live/rows';
import { isTokenAsked } from './api';
import { number, shortMoment, words } from './words';

export function State() {
  const w = words.value;
  const isHeld = connection.value === 'connected' && isPaused.value;
  const shown = isHeld ? 'paused' : connection.value;
  const count = waiting.value.length;
  return (
    <p class="state" role="status" data-state={shown}>
      <span class="dot" aria-hidden="true" />
      {w[shown]}
      {isHeld && count > 0 && <small> {w.waiting(number(count))}</small>}
      {isResumed.value && connection.value === 'connected' && (
        <small class="notice">
          <span aria-hidden="true">✓</span> {w.resumed}
        </small>
      )}
    </p>
  );
}

export function Banner() {
  const since = lostSince.value;
  if (!since || isTokenAsked.value) return null;
  const w = words.value;
  return (
    <div class="notice old" role="status">
      <p>
        <span aria-hidden="true">⚠</span> {w.oldSince(shortMoment(since.toISOString()))}
      </p>
      <button type="button" onClick={hurry}>
        {w.retryNow}
      </button>
    </div>
  );
}
