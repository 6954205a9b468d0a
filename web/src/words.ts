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
// Dates are written as in Europe: day, month, and hours up to 24.
export const locale = computed(() => (language.value === 'it' ? 'it-IT' : 'en-GB'));

effect(() => {
  document.documentElement.lang = language.value;
  keep('language', language.value);
});

function written(value: number, digits: number, signDisplay: 'negative' | 'exceptZero'): string {
  const text = value.toLocaleString(locale.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: true,
    signDisplay,
  });
  return text.replace('-', '−'); // a hyphen is no minus
}

export function number(value: number, digits = 0): string {
  return written(value, digits, 'negative');
}

// With a plus, too.
export function signed(value: number, digits = 0): string {
  return written(value, digits, 'exceptZero');
}

export function percent(share: number, digits = 0): string {
  return `${number(share * 100, digits)} %`;
}

const whole: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

function dated(date: Date, options: Intl.DateTimeFormatOptions): string {
  if (Number.isNaN(date.getTime())) return words.value.unknownTime;
  return date.toLocaleString(locale.value, options);
}

// Of RFC 3339; nullish where a post says none.
export function moment(text: string | null | undefined): string {
  return dated(new Date(text ?? ''), whole);
}

// As short as it can be without being in doubt.
export function shortMoment(text: string | null | undefined): string {
  const date = new Date(text ?? '');
  const now = new Date();
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  if (date.toDateString() === now.toDateString()) return dated(date, clock);
  if (date.getFullYear() !== now.getFullYear()) return dated(date, { dateStyle: 'medium' });
  return dated(date, { day: 'numeric', month: 'short', ...clock });
}

// Of a bucket that is a day of UTC.
export function day(milliseconds: number): string {
  return dated(new Date(milliseconds), { dateStyle: 'medium', timeZone: 'UTC' });
}
