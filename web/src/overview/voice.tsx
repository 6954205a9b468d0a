// Whose voice is how loud: every brand's part of all mentions in the time that is chosen.
import { brands } from '../brands';
import { useLoaded } from '../load';
import { Bar, Pending, Waiting } from '../parts';
import { address, brand } from '../route';
import { number, percent, signed, words } from '../words';
import { range, windowOf } from './ranges';
import { askStats } from './stats';

const refreshSeconds = 60;

interface Share {
  id: string;
  name: string;
  mentions: number;
  share: number;
  sentiment: number | null;
}

async function askShare(id: string, name: string, query: Record<string, string>): Promise<Share> {
  const none = { id, name, mentions: 0, share: 0, sentiment: null };
  const stats = await askStats(id, query);
  if (!stats || stats.total.mentions === 0) return none;
  const { mentions, positive, negative } = stats.total;
  return { ...none, mentions, share: stats.share_of_voice ?? 0, sentiment: (positive - negative) / mentions };
}

async function askShares(): Promise<Share[]> {
  const { query } = windowOf(range.peek());
  const all = await Promise.all(brands.peek().map(({ id, name }) => askShare(id, name, query)));
  return all.sort((a, b) => b.mentions - a.mentions);
}

export function Voice() {
  const known = brands.value.map((one) => one.id).join();
  const loaded = useLoaded(askShares, [known, range.value], refreshSeconds);
  const w = words.value;
  const most = Math.max(...(loaded.data ?? []).map((one) => one.share), 0.01);
  return (
    <section class="card">
      <h3>{w.share}</h3>
      <Pending {...loaded}>
        <Waiting like="lines" count={Math.max(3, brands.value.length)} />
      </Pending>
      {loaded.data && (
        <table class="voice">
          <caption class="unseen">{w.share}</caption>
          <thead>
            <tr>
              <th scope="col">{w.brand}</th>
              <th scope="col">{w.share}</th>
              <th scope="col">{w.mentions}</th>
              <th scope="col">{w.netSentiment}</th>
            </tr>
          </thead>
          <tbody>
            {loaded.data.map((one) => (
              <tr key={one.id} aria-current={one.id === brand.value ? 'true' : undefined}>
                <th scope="row">
                  <a href={address('overview', [], one.id)}>{one.name}</a>
                </th>
                <td>
                  <span class="measured">
                    <Bar share={one.share / most} />
                    {percent(one.share, 1)}
                  </span>
                </td>
                <td>{number(one.mentions)}</td>
                <td>{one.sentiment === null ? '–' : signed(one.sentiment, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="quiet">{w.shareHint}</p>
    </section>
  );
}
