// The live view: filters, the list, and what is chosen in it.
import { effect, untracked } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { address, brand, place } from '../route';
import { number, words } from '../words';
import { Detail } from './detail';
import { arrived, begin, filterText, refusal } from './feed';
import { FilterBar } from './filters';
import { Help, isHelpOpen, useKeys } from './keys';
import { List } from './list';
import { choose, isDetailOpen, older, rows, selectedId, selectedMention } from './rows';
import { said } from './triage';

// Begins whenever the filters come to something else, and goes on while other views are shown.
let filterFollowed: string | null = null;

export function startFeed(): void {
  effect(() => {
    if (filterText.value === filterFollowed) return;
    filterFollowed = filterText.value;
    untracked(restartFeed);
  });
  followAddress();
}

export function restartFeed(): void {
  void begin();
}

// #/live/ID is a mention that is chosen; who chooses another sees its address, without a step that
// "back" would have to undo.
function followAddress(): void {
  effect(() => {
    const { view, rest } = place.value;
    const id = rest[0] ?? '';
    if (view === 'live' && id !== selectedId.peek()) untracked(() => choose(id));
  });
  effect(() => {
    const id = selectedId.value;
    if (place.peek().view !== 'live') return;
    const now = address('live', id ? [id] : [], brand.peek());
    if (location.hash !== now && (id || location.hash)) history.replaceState(null, '', now);
  });
}

export function LiveView() {
  const close = () => {
    if (isHelpOpen.value) return void (isHelpOpen.value = false);
    isDetailOpen.value = false;
    // On a phone the list is there again only once it is drawn.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.list')?.focus());
  };
  useKeys({
    open: () => {
      isDetailOpen.value = true;
    },
    close,
    failed: (problem) => {
      refusal.value = said(problem);
    },
  });
  const mention = selectedMention.value;
  return (
    <div class="live" data-open={isDetailOpen.value && selectedId.value !== ''}>
      <h2 class="unseen">{words.value.live}</h2>
      <FilterBar />
      <div class="columns">
        <div class="feed">
          <p class="quiet">{rows.value.length > 0 && words.value.mentionsHere(countedRows())}</p>
          <List choose={choose} />
        </div>
        <aside class="side" aria-label={words.value.mention}>
          <Detail mention={mention} close={close} />
        </aside>
      </div>
      <Arrivals />
      <Help />
    </div>
  );
}

// "200+": those that are here, and older ones come when one scrolls down to them.
function countedRows(): string {
  return number(rows.value.length) + (older.value === null ? '' : '+');
}

const everyMilliseconds = 5_000;

// A screen reader hears how many came, not each, and not more often than it can say.
function Arrivals() {
  const [text, setText] = useState('');
  useEffect(() => {
    let told = arrived.peek();
    const timer = setInterval(() => {
      const fresh = arrived.peek() - told;
      told = arrived.peek();
      if (fresh > 0) setText(words.peek().arrived(number(fresh)));
    }, everyMilliseconds);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}
