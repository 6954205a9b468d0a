// Everything of one mention: the post with what was found in it, why it is judged so, its author
// and thread, and what people do with it.
import { get } from '../api';
import { useLoaded } from '../load';
import { address } from '../route';
import type { Mention, Person } from '../types';
import {
  ActChip,
  authorName,
  counted,
  Empty,
  Failure,
  LabelChip,
  Moment,
  OutLink,
  Waiting,
} from '../parts';
import { number, words } from '../words';
import { Marked } from './marked';
import { TriageBox } from './triage';

export function Detail({ mention, close }: { mention: Mention | null; close: () => void }) {
  if (!mention) return <Empty>{words.value.nothingChosen}</Empty>;
  const { post } = mention;
  return (
    <article class="detail" aria-label={words.value.mention}>
      <header>
        <h2>{authorName(post.author)}</h2>
        {post.author.handle && <span class="quiet">@{post.author.handle}</span>}
        <button type="button" class="plain close" onClick={close}>
          {words.value.close}
        </button>
        <p class="quiet">
          {post.source} · {mention.brand.replaceAll('_', ' ')} · <Moment at={post.created_at} />{' '}
          <OutLink url={post.url}>{words.value.openPost}</OutLink>
        </p>
      </header>
      {post.title && (
        <h3 dir="auto" lang={mention.lang || undefined}>
          <Marked mention={mention} field="title" />
        </h3>
      )}
      <p class="post" dir="auto" lang={mention.lang || undefined}>
        <Marked mention={mention} field="text" />
      </p>
      <TriageBox key={mention.mention_id} mention={mention} />
      <Why mention={mention} />
      <AuthorCard key={`author-${mention.mention_id}`} mention={mention} />
      <Thread key={`thread-${mention.mention_id}`} id={mention.mention_id} />
    </article>
  );
}

function Why({ mention }: { mention: Mention }) {
  const { sentiment, acts, authenticity } = mention;
  const heavy = [...sentiment.hits]
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 8);
  return (
    <section>
      <h3>{words.value.why}</h3>
      <p>
        <LabelChip label={sentiment.label} score={sentiment.score} />{' '}
        {words.value.certainty} {number(sentiment.confidence * 100)} %
      </p>
      {heavy.length > 0 && (
        <ul class="weights" aria-label={words.value.words}>
          {heavy.map((hit) => (
            <li key={`${hit.begin}-${hit.end}-${hit.term}`} class={hit.weight < 0 ? 'down' : 'up'}>
              {hit.term} <b>{`${hit.weight < 0 ? '−' : '+'}${number(Math.abs(hit.weight), 2)}`}</b>
            </li>
          ))}
        </ul>
      )}
      <h4>{words.value.acts}</h4>
      {acts.length === 0 && <p class="quiet">{words.value.noActs}</p>}
      <ul class="lines">
        {acts.map((act) => (
          <li key={act.act}>
            <ActChip act={act.act} /> {act.cue && <q>{act.cue}</q>}{' '}
            <span class="quiet">{number(act.confidence * 100)} %</span>
          </li>
        ))}
      </ul>
      <h4>
        {words.value.authenticity} {number(authenticity.score * 100)} %
      </h4>
      {authenticity.penalties.length === 0 && <p class="quiet">{words.value.noDoubts}</p>}
      <ul class="lines">
        {authenticity.penalties.map((one) => (
          <li key={one.signal}>
            {one.evidence || one.signal} <b>−{number(one.penalty, 2)}</b>
          </li>
        ))}
      </ul>
      {mention.duplicate_of && <p class="quiet">{words.value.copiesOf}</p>}
      <p class="quiet">
        {words.value.foundBy} {mention.rules.map((rule) => rule.id).join(', ')}
      </p>
    </section>
  );
}

function AuthorCard({ mention }: { mention: Mention }) {
  const { author, source } = mention.post;
  const path = `/authors/${encodeURIComponent(source)}/${encodeURIComponent(author.id)}`;
  const { data, error, again } = useLoaded(() => get<Person>(path), [path]);
  return (
    <section>
      <h3>{words.value.author}</h3>
      {author.bio && <p dir="auto">{author.bio}</p>}
      <p class="quiet">
        {author.followers !== undefined && `${counted(author.followers)} ${words.value.followers} · `}
        {author.posts !== undefined && `${counted(author.posts)} ${words.value.posts} · `}
        {author.created_at && (
          <>
            {words.value.since} <Moment at={author.created_at} />
          </>
        )}
      </p>
      {error && <Failure message={error} again={again} />}
      {!data && !error && <Waiting />}
      <ul class="lines" aria-label={words.value.history}>
        {data?.brands.map((one) => (
          <li key={one.brand}>
            <b>{one.brand.replaceAll('_', ' ')}</b> {counted(one.aggregate.mentions)} (+
            {counted(one.aggregate.positive)} −{counted(one.aggregate.negative)}){' '}
            {one.standing && words.value.classNames[one.standing.class]}
          </li>
        ))}
      </ul>
      <a href={address('people', [source, author.id])}>{words.value.openPerson}</a>
    </section>
  );
}

interface ThreadAnswer {
  parent: Mention[];
  items: { mention: Mention }[];
}

function Thread({ id }: { id: string }) {
  const { data, error, again } = useLoaded(
    () => get<ThreadAnswer>(`/mentions/${id}/thread`, { limit: 50 }),
    [id],
  );
  const others = data ? [...data.parent, ...data.items.map((one) => one.mention)] : [];
  return (
    <section>
      <h3>{words.value.thread}</h3>
      {error && <Failure message={error} again={again} />}
      {!data && !error && <Waiting />}
      {data && others.length === 0 && <p class="quiet">{words.value.noThread}</p>}
      <ul class="lines">
        {others.map((one) => (
          <li key={one.mention_id}>
            <b>{authorName(one.post.author)}</b> <LabelChip label={one.sentiment.label} />{' '}
            <span dir="auto">{one.post.text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
