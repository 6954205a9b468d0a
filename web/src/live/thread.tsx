// The thread of a mention: what it answers above it, what refers to it below; each can be chosen.
import { get } from '../api';
import { brandName } from '../brands';
import { useLoaded } from '../load';
import { authorName, LabelChip, Moment, Pending, Waiting } from '../parts';
import { address } from '../route';
import type { Mention } from '../types';
import { number, words } from '../words';

interface Reference {
  answers: boolean;
  quotes: boolean;
  reposts: boolean;
  mention: Mention;
}

interface ThreadAnswer {
  parent: Mention[];
  items: Reference[];
  more: boolean;
}

const mostShown = 50;

interface Props {
  mention: Mention;
  choose: (id: string) => void;
}

export function Thread({ mention, choose }: Props) {
  const loaded = useLoaded(
    () => get<ThreadAnswer>(`/mentions/${mention.mention_id}/thread`, { limit: mostShown }),
    [mention.mention_id],
  );
  const { data } = loaded;
  const w = words.value;
  const isAlone = data && data.parent.length + data.items.length === 0;
  return (
    <section>
      <h3>{w.thread}</h3>
      <Pending {...loaded}>
        <Waiting count={2} />
      </Pending>
      {isAlone && <p class="quiet">{w.noThread}</p>}
      {data && !isAlone && (
        <ol class="thread">
          {data.parent.map((one) => (
            <Node key={one.mention_id} mention={one} how={w.isAnswered} place="parent" choose={choose} />
          ))}
          <Node mention={mention} how={w.thisOne} place="here" choose={choose} />
          {data.items.map((one) => (
            <Node
              key={one.mention.mention_id}
              mention={one.mention}
              how={howOf(one)}
              place="answer"
              choose={choose}
            />
          ))}
        </ol>
      )}
      {data?.more && <p class="quiet">{w.onlyFirst(number(mostShown))}</p>}
    </section>
  );
}

function howOf({ quotes, reposts }: Reference): string {
  const w = words.value;
  return reposts ? w.reposts : quotes ? w.quotes : w.answers;
}

interface NodeProps extends Props {
  how: string;
  place: 'parent' | 'here' | 'answer';
}

function Node({ mention, how, place, choose }: NodeProps) {
  const { post, sentiment } = mention;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(mention.mention_id);
  };
  return (
    <li class={place} aria-current={place === 'here' ? 'true' : undefined}>
      <p class="quiet">
        {place === 'here' ? (
          <b>{authorName(post.author)}</b>
        ) : (
          <a href={address('live', [mention.mention_id])} onClick={open}>
            <b>{authorName(post.author)}</b>
          </a>
        )}{' '}
        <span>
          {how} · {brandName(mention.brand)} · <Moment at={post.created_at} />
        </span>
      </p>
      {place !== 'here' && (
        <p>
          <LabelChip label={sentiment.label} />{' '}
          <span dir="auto" lang={mention.lang || undefined}>
            {post.text}
          </span>
        </p>
      )}
    </li>
  );
}
