// The keys of the live view, and the list of them.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../dialog';
import { words } from '../words';
import { isPaused, selectBeside, selectedMention, setPaused } from './rows';
import { change } from './triage';

export const isHelpOpen = signal(false);

interface Actions {
  open: () => void;
  close: () => void;
  failed: (problem: unknown) => void;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

export function useKeys(actions: Actions): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape') return actions.close();
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const isButton = event.target instanceof HTMLElement && event.target.matches('button, a, summary');
      switch (event.key) {
        case 'j':
          selectBeside(1);
          break;
        case 'k':
          selectBeside(-1);
          break;
        case 'Enter':
          if (isButton) return;
          actions.open();
          break;
        case 'a':
          if (!selectedMention.value) return;
          actions.open();
          requestAnimationFrame(() => document.getElementById('assignee')?.focus());
          break;
        case 'd':
          if (!selectedMention.value) return;
          change(selectedMention.value, { state: 'done' }, null).catch(actions.failed);
          break;
        case '/':
          focusFilter();
          break;
        case 'p':
          setPaused(!isPaused.value);
          break;
        case '?':
          isHelpOpen.value = true;
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });
}

function focusFilter(): void {
  const field = document.getElementById('where');
  const fold = field?.closest('details');
  if (fold) fold.open = true;
  field?.focus();
}

export function Help() {
  const known = [
    ['j', words.value.keyNext],
    ['k', words.value.keyPrevious],
    ['Enter', words.value.keyOpen],
    ['a', words.value.keyAssign],
    ['d', words.value.keyDone],
    ['/', words.value.keyFilter],
    ['p', words.value.keyPause],
    ['Esc', words.value.keyEscape],
    ['?', words.value.keyHelp],
  ] as const;
  const close = () => {
    isHelpOpen.value = false;
  };
  return (
    <Dialog title={words.value.keys} isOpen={isHelpOpen.value} close={close}>
      <dl class="keys">
        {known.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={close}>
        {words.value.close}
      </button>
    </Dialog>
  );
}
