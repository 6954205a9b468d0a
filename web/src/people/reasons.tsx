// The score taken apart, and what speaks for it and against it, from the list that the person
// stands on.
import { get } from '../api';
import { useLoaded } from '../load';
import { Bar, Moment, OutLink, Pending, Waiting } from '../parts';
import { address } from '../route';
import type { Advocate, Evidence } from '../types';
import { number, words } from '../words';

const mostListed = 1000; // the server's limit

interface Props {
  brand: string;
  source: string;
  id: string;
  relation: string;
}

export function Reasons({ brand, source, id, relation }: Props) {
  const query = { explain: 'true', top: mostListed, source, ...(relation && { class: relation }) };
  const loaded = useLoaded(
    () => get<{ advocates: Advocate[] }>(`/brands/${encodeURIComponent(brand)}/advocates`, query),
    [brand, source, id, relation],
  );
  const w = words.value;
  if (!loaded.data) {
    return (
      <Pending {...loaded}>
        <Waiting count={8} />
      </Pending>
    );
  }
  const found = loaded.data.advocates.find((one) => one.author.id === id && one.author.source === source);
  const says = found && (Object.values(found.components).some(Boolean) || found.counter_evidence.length > 0);
  if (!says) return <p class="quiet">{w.onNoList}</p>;
  return (
    <>
      {found.reasons.length > 0 && (
        <ul lang="en">
          {found.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <div class="halves">
        <div>
          <h4>{w.components}</h4>
          <Components of={found.components} />
        </div>
        <div>
          <h4>{w.evidence}</h4>
          <EvidenceList items={found.evidence} brand={brand} />
          <h4>{w.counterEvidence}</h4>
          <EvidenceList items={found.counter_evidence} brand={brand} />
        </div>
      </div>
    </>
  );
}

function Components({ of }: { of: Record<string, number> }) {
  const w = words.value;
  return (
    <table class="parts">
      <caption class="unseen">{w.components}</caption>
      <thead>
        <tr>
          <th scope="col">{w.part}</th>
          <th scope="col">{w.value}</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(of).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{w.componentNames[name] ?? name}</th>
            <td>
              <span class="measured">
                <Bar share={value} />
                {number(value, 2)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function EvidenceList({ items, brand }: { items: Evidence[]; brand: string }) {
  const w = words.value;
  if (items.length === 0) return <p class="quiet">{w.nothingFound}</p>;
  return (
    <ul class="lines">
      {items.map((one) => (
        <li key={one.mention_id}>
          <a href={address('live', [one.mention_id], brand)}>
            <Moment at={one.created_at} />
          </a>{' '}
          {one.act && <span class="chip act">{w.actNames[one.act] ?? one.act}</span>}{' '}
          <q dir="auto">{one.text}</q> <OutLink url={one.url}>{w.openPost}</OutLink>
        </li>
      ))}
    </ul>
  );
}
