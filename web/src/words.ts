// The language of the page: chosen here, or the browser's, and kept for the next visit.
import { computed, effect, signal } from '@preact/signals';
import { en } from './words/en';
import { it } from './words/it';
import { kept, keep } from './kept';

export type Language = 'it' | 'en';
export type Words = typeof en;

const preferred: Language = navigator.language.toLowerCase().startsWith('it') ? 'it' : 'en';
export const language = signal<Language>(kept('language', ['it', 'en'], preferred));
export const words = computed<Words>(() => (language.value === 'it' ? it : en));

effect(() => {
  document.documentElement.lang = language.value;
  keep('language', language.value);
});

export function number(value: number, digits = 0): string {
  return value.toLocaleString(language.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

const whole: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

// Of RFC 3339; nullish where a post says none.
export function moment(text: string | null | undefined): string {
  const date = new Date(text ?? '');
  if (Number.isNaN(date.getTime())) return words.value.unknownTime;
  return date.toLocaleString(language.value, whole);
}
