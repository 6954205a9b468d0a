import { effect, signal } from '@preact/signals';
import { keep, kept } from './kept';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const theme = signal<Theme>(kept('theme', themes, 'system'));
// Rises whenever colours change, for what draws with colours itself.
export const repaint = signal(0);

const dark = matchMedia('(prefers-color-scheme: dark)');
const isSystemDark = signal(dark.matches);
dark.addEventListener('change', () => {
  isSystemDark.value = dark.matches;
});

effect(() => {
  const chosen = theme.value;
  const system = isSystemDark.value ? 'dark' : 'light';
  document.documentElement.dataset.theme = chosen === 'system' ? system : chosen;
  keep('theme', chosen);
  repaint.value = repaint.peek() + 1;
});
