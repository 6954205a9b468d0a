import { type MarkKind, marksOf, partsOf } from './marks';
import type { Mention } from '../types';

const order: MarkKind[] = ['match', 'up', 'down', 'cue'];

// A text of the mention with what was found in it marked; screen readers hear the words alone.
export function Marked({ mention, field }: { mention: Mention; field: 'text' | 'title' }) {
  const text = mention.post[field] ?? '';
  return (
    <>
      {partsOf(text, marksOf(mention, field)).map((part, i) => {
        const kinds = order.filter((kind) => part.kinds.includes(kind));
        if (kinds.length === 0) return part.text;
        const name = kinds.map((kind) => `mark-${kind}`).join(' ');
        return kinds.includes('match') ? (
          <mark key={i} class={name}>
            {part.text}
          </mark>
        ) : (
          <span key={i} class={name}>
            {part.text}
          </span>
        );
      })}
    </>
  );
}
