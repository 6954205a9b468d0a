// Everything of one mention: the post with what was found in it, why it is judged so, its author
// and thread, and what people do with it.
import { useEffect, useRef } from 'preact/hooks';
import { get } from '../api';
import { brandName } from '../brands';
import { useLoaded } from '../load';
import { address } from '../route';
import type { Mention, Person } from '../types';
import { authorName, Empty, Failure, Moment, OutLink, Pending, Waiting } from '../parts';
import { day, number, words } from '../words';
import { Marked } from './marked';
import { choose, isDetailOpen, selectedId, selectionProblem } from './rows';
import { Thread } from './thread';
import { TriageBox } from './triage';
import { Why } from './why';

export function Detail({ mention, close }: { mention: Mention | null; close: () => void }) {
  const id = selectedId.value;
  if (!mention && selectionProblem.value) {
    return <Failure message={selectionProblem.value} again={() => choose(id)} />;
  }
  if (!mention) return <Empty>{words.value.nothingChosen}</Empty>;
  return <Shown key={mention.mention_id} mention={mention} close={close} />;
}

// What is chosen by a link in the detail takes the focus, for the link is gone.
let takesFocus = false;
const chooseHere = (id: string) => {
  takesFocus = true;
  choose(id);
};

function Shown({ mention, close }: { mention: Mention; close: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isOpen = isDetailOpen.value;
  // Where it stands in place of the list, the focus goes with what is seen.
  useEffect(() => {
    const isAlone = matchMedia('(max-width: 900px)').matches;
    if (takesFocus || (isOpen && isAlone)) heading.current?.focus();
    takesFocus = false;
  }, [isOpen]);
  useEffect(() => heading.current?.closest('.side')?.scrollTo({ top: 0 }), []);
  const { post } = mention;
  return (
    <article class="detail" aria-label={words.value.mention}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {authorName(post.author)}
        </h2>
        {post.author.handle && <span class="quiet">@{post.author.handle}</span>}
        <button type="button" class="plain close" onClick={close}>
          {words.value.close}
        </button>
        <p class="quiet">
          {post.source} · {brandName(mention.brand)} · <Moment at={post.created_at} />{' '}
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
      <TriageBox mention={mention} />
      <Why mention={mention} />
      <Thread mention={mention} choose={chooseHere} />
      <AuthorCard mention={mention} />
    </article>
  );
}

function AuthorCard({ mention }: { mention: Mention }) {
  const { author, source } = mention.post;
  const path = `/authors/${encodeURIComponent(source)}/${encodeURIComponent(author.id)}`;
  const loaded = useLoaded(() => get<Person>(path), [path]);
  const w = words.value;
  return (
    <section>
      <h3>{w.author}</h3>
      {author.bio && <p dir="auto">{author.bio}</p>}
      <p class="quiet">
        {author.followers !== undefined && `${number(author.followers)} ${w.followers} · `}
        {author.posts !== undefined && `${number(author.posts)} ${w.posts} · `}
        {author.created_at && (
          <>
            {w.since} {day(Date.parse(author.created_at))}
          </>
        )}
      </p>
      <Pending {...loaded}>
        <Waiting count={2} />
      </Pending>
      <ul class="lines" aria-label={w.history}>
        {loaded.data?.brands.map((one) => (
          <li key={one.brand}>
            <b>{brandName(one.brand)}</b> {number(one.aggregate.mentions)} (+
            {number(one.aggregate.positive)} −{number(one.aggregate.negative)}){' '}
            {one.standing && w.classNames[one.standing.class]}
          </li>
        ))}
      </ul>
      <a href={address('people', [source, author.id])}>{w.openPerson}</a>
    </section>
  );
}
