// Why a mention is judged as it is: the words that weigh most, its acts, and what makes it doubtful.
import type { Mention } from '../types';
import { ActChip, LabelChip } from '../parts';
import { percent, signed, words } from '../words';

const mostWords = 8;

export function Why({ mention }: { mention: Mention }) {
  const { sentiment, acts, authenticity } = mention;
  const heavy = [...sentiment.hits]
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, mostWords);
  const w = words.value;
  return (
    <section>
      <h3>{w.why}</h3>
      <p>
        <LabelChip label={sentiment.label} score={sentiment.score} /> {w.certainty}{' '}
        {percent(sentiment.confidence)}
      </p>
      {heavy.length > 0 && (
        <ul class="weights" aria-label={w.words}>
          {heavy.map((hit) => (
            <li key={`${hit.begin}-${hit.end}-${hit.term}`} class={hit.weight < 0 ? 'down' : 'up'}>
              <span lang={mention.lang || undefined}>{hit.term}</span> <b>{signed(hit.weight, 2)}</b>
            </li>
          ))}
        </ul>
      )}
      <h4>{w.acts}</h4>
      {acts.length === 0 && <p class="quiet">{w.noActs}</p>}
      <ul class="lines">
        {acts.map((act) => (
          <li key={act.act}>
            <ActChip act={act.act} />{' '}
            {act.cue && <q lang={mention.lang || undefined}>{act.cue}</q>}{' '}
            <span class="quiet">{percent(act.confidence)}</span>
          </li>
        ))}
      </ul>
      <h4>
        {w.authenticity} {percent(authenticity.score)}
      </h4>
      {authenticity.penalties.length === 0 && <p class="quiet">{w.noDoubts}</p>}
      <ul class="lines">
        {authenticity.penalties.map((one) => (
          <li key={one.signal}>
            {one.evidence || one.signal} <b>{signed(-one.penalty, 2)}</b>
          </li>
        ))}
      </ul>
      {mention.duplicate_of && <p class="quiet">{w.copiesOf}</p>}
      <p class="quiet">
        {w.foundBy} {mention.rules.map((rule) => rule.id).join(', ')}
      </p>
    </section>
  );
}
