// The keys of the live view, and the list of them.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../words';
import { isPaused, selectBeside, selectedMention, setPaused } from './feed';
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
          document.getElementById('where')?.focus();
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

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
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
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={close}>
      <h2 id="keys-title">{words.value.keys}</h2>
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
    </dialog>
  );
}
