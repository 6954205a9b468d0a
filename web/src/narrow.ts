// Whether the window is as narrow as a phone's, for what CSS alone cannot fold.
import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 700px)');
export const isNarrow = signal(query.matches);
query.addEventListener('change', () => {
  isNarrow.value = query.matches;
});
