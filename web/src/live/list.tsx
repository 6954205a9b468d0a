// The list: only the rows in sight are in the document. Rows have one height, so that where each
// stands is known without looking.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { brandName } from '../brands';
import { ActChip, authorName, Empty, Failure, LabelChip, Waiting } from '../parts';
import { brand } from '../route';
import type { Mention } from '../types';
import { number, shortMoment, words } from '../words';
import { begin, filterText, isLoading, showOlder, unreachable } from './feed';
import { older, type Row, rows, selectedId, setPaused, setReadingBelow, waiting } from './rows';

const rowPixels = 108; // as in live.css
const rowsBeyond = 4;

function MentionRow({ mention, isSelected }: { mention: Mention; isSelected: boolean }) {
  const { post } = mention;
  const state = mention.triage?.state;
  return (
    <div class={`row ${mention.sentiment.label}`} data-selected={isSelected}>
      <p class="who">
        <strong>{authorName(post.author)}</strong>
        <span>{brand.value ? post.source : `${post.source} · ${brandName(mention.brand)}`}</span>
        <time dateTime={post.created_at}>{shortMoment(post.created_at)}</time>
      </p>
      <p class="words" dir="auto" lang={mention.lang || undefined}>
        {post.title ? `${post.title} — ${post.text}` : post.text}
      </p>
      <p class="chips">
        <LabelChip label={mention.sentiment.label} score={mention.sentiment.score} />
        {mention.acts.slice(0, 3).map((act) => (
          <ActChip key={act.act} act={act.act} />
        ))}
        {state && state !== 'new' && <span class="chip state">{stateName(state)}</span>}
        {mention.triage?.assignee && <span class="chip">@{mention.triage.assignee}</span>}
        {mention.copies > 1 && <span class="chip">{words.value.copies(number(mention.copies))}</span>}
      </p>
    </div>
  );
}

export function stateName(state: string): string {
  const { stateNew, stateOpen, stateWaiting, stateDone, stateDismissed } = words.value;
  const names: Record<string, string> = {
    new: stateNew,
    open: stateOpen,
    waiting: stateWaiting,
    done: stateDone,
    dismissed: stateDismissed,
  };
  return names[state] ?? state;
}

export function List({ choose }: { choose: (id: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [topRow, setTopRow] = useState(0); // pixels would draw it anew with each of them
  const [isScrolled, setIsScrolled] = useState(false);
  const [height, setHeight] = useState(600);
  const newest = useRef<readonly Row[]>([]);
  useLayoutEffect(() => () => setReadingBelow(false), []); // the list begins at its top again
  const all = rows.value;
  const chosen = selectedId.value;

  useLayoutEffect(() => {
    const watcher = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 600));
    watcher.observe(box.current!);
    return () => watcher.disconnect();
  }, []);

  // Who reads further down keeps what they read in its place while rows come above it.
  useLayoutEffect(() => {
    const before = newest.current[0]?.id;
    newest.current = all;
    const list = box.current!;
    if (!before || list.scrollTop === 0) return;
    const above = all.findIndex((row) => row.id === before);
    if (above > 0) list.scrollTop += above * rowPixels;
  }, [all]);

  useLayoutEffect(() => {
    const at = all.findIndex((row) => row.id === chosen);
    const list = box.current!;
    if (at < 0) return;
    if (at * rowPixels < list.scrollTop) list.scrollTop = at * rowPixels;
    const end = (at + 1) * rowPixels;
    if (end > list.scrollTop + list.clientHeight) list.scrollTop = end - list.clientHeight;
  }, [chosen]);

  // The end comes into sight, or nothing fitted in what was looked at so far.
  const isNearEnd = topRow + (2 * height) / rowPixels > all.length;
  useEffect(() => {
    if (isNearEnd) void showOlder();
  }, [isNearEnd, all, older.value]);

  const first = Math.max(0, topRow - rowsBeyond);
  const last = Math.min(all.length, topRow + 1 + Math.ceil(height / rowPixels) + rowsBeyond);
  const shown = all.slice(first, last);
  return (
    <div class="list-frame">
      <NewAbove isScrolled={isScrolled} toTop={() => box.current?.scrollTo({ top: 0 })} />
      <div
        ref={box}
        class="list"
        role={all.length > 0 ? 'listbox' : 'region'}
        tabIndex={0}
        aria-label={words.value.mentions}
        aria-activedescendant={shown.some((row) => row.id === chosen) ? `row-${chosen}` : undefined}
        onScroll={(event) => {
          const { scrollTop } = event.currentTarget;
          setTopRow(Math.floor(scrollTop / rowPixels));
          setIsScrolled(scrollTop > 0);
          setReadingBelow(scrollTop > rowPixels / 2);
        }}
      >
        <div class="list-all" role="presentation" style={{ height: `${all.length * rowPixels}px` }}>
          {shown.map((row, i) => (
            <div
              key={row.id}
              id={`row-${row.id}`}
              class="list-row"
              role="option"
              aria-selected={row.id === chosen}
              aria-setsize={all.length}
              aria-posinset={first + i + 1}
              style={{ transform: `translateY(${(first + i) * rowPixels}px)` }}
              onClick={() => row.kind === 'mention' && choose(row.id)}
            >
              {row.kind === 'mention' ? (
                <MentionRow mention={row.mention} isSelected={row.id === chosen} />
              ) : (
                <p class="gap">{words.value.gap + row.reason}</p>
              )}
            </div>
          ))}
        </div>
        {all.length === 0 && <Nothing />}
        {all.length > 0 && isLoading.value && <p class="end quiet">{words.value.loading}</p>}
      </div>
    </div>
  );
}

function Nothing() {
  const w = words.value;
  if (unreachable.value) return <Failure message={unreachable.value} again={() => void begin()} />;
  if (isLoading.value || older.value !== null) return <Waiting like="rows" count={6} />;
  return (
    <Empty>
      <p>{filterText.value ? w.noneMatch : w.noMentions}</p>
    </Empty>
  );
}

function NewAbove({ isScrolled, toTop }: { isScrolled: boolean; toTop: () => void }) {
  const count = waiting.value.length;
  if (count > 0) {
    const show = () => {
      setPaused(false);
      toTop();
    };
    return (
      <button type="button" class="above" onClick={show}>
        ↑ {words.value.waiting(number(count))}
      </button>
    );
  }
  if (!isScrolled) return null;
  return (
    <button type="button" class="above" onClick={toTop}>
      ↑ {words.value.toTop}
    </button>
  );
}
