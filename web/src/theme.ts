import { effect, signal } from '@preact/signals';
import { keep, kept } from './kept';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const theme = signal<Theme>(kept('theme', themes, 'system'));
// Rises whenever colours change, for what draws with colours itself.
export const repaint = signal(0);

effect(() => {
  const chosen = theme.value;
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  keep('theme', chosen);
  repaint.value = repaint.peek() + 1;
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  repaint.value = repaint.peek() + 1;
});
