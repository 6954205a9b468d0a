// The times that can be looked at, and the width of their buckets.
import { signal } from '@preact/signals';

const minute = 60_000;
export const ranges = {
  quarter: { span: 15 * minute, bucket: '5m', step: 5 * minute },
  hour: { span: 60 * minute, bucket: '5m', step: 5 * minute },
  day: { span: 1440 * minute, bucket: '1h', step: 60 * minute },
  week: { span: 7 * 1440 * minute, bucket: '1h', step: 60 * minute },
  month: { span: 30 * 1440 * minute, bucket: '1d', step: 1440 * minute },
  year: { span: 365 * 1440 * minute, bucket: '1d', step: 1440 * minute },
} as const;
export type Range = keyof typeof ranges;
export const range = signal<Range>('month');

export interface Window {
  from: number;
  to: number;
  query: { bucket: string; from: string; to: string };
}

// Until now, from where a bucket begins.
export function windowOf(of: Range): Window {
  const { span, bucket, step } = ranges[of];
  const to = Date.now();
  const from = Math.floor((to - span) / step) * step;
  const text = (at: number) => new Date(at).toISOString();
  return { from, to, query: { bucket, from: text(from), to: text(to) } };
}
