// The live view: filters, the list, and what is chosen in it.
import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { counted } from '../parts';
import { words } from '../words';
import { Detail } from './detail';
import { arrived, begin, filterText, refusal, rows, selectedId, selectedMention } from './feed';
import { FilterBar } from './filters';
import { Help, isHelpOpen, useKeys } from './keys';
import { List } from './list';
import { said } from './triage';

// Begins whenever the filters come to something else, and goes on while other views are shown.
let filterFollowed: string | null = null;

export function startFeed(): void {
  effect(() => {
    if (filterText.value === filterFollowed) return;
    filterFollowed = filterText.value;
    void begin();
  });
}

export function restartFeed(): void {
  void begin();
}

export function LiveView() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => {
    setIsOpen(false);
    isHelpOpen.value = false;
  };
  useKeys({
    open: () => setIsOpen(true),
    close,
    failed: (problem) => {
      refusal.value = said(problem);
    },
  });
  const choose = (id: string) => {
    selectedId.value = id;
    setIsOpen(true);
  };
  const mention = selectedMention.value;
  return (
    <div class="live">
      <FilterBar />
      <div class="columns" data-open={isOpen && mention !== null}>
        <div class="feed">
          <p class="quiet">{words.value.mentionsHere(counted(rows.value.length))}</p>
          <List choose={choose} />
        </div>
        <aside class="side">
          <Detail mention={mention} close={close} />
        </aside>
      </div>
      <Arrivals />
      <Help />
    </div>
  );
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
      if (fresh > 0) setText(words.peek().arrived(counted(fresh)));
    }, everyMilliseconds);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}
