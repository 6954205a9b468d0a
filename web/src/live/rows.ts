// The mentions that the page has: the newest, newest first, what waits while nothing may move, and
// which one is chosen.
import { batch, computed, signal } from '@preact/signals';
import { get } from '../api';
import type { Mention, Triage } from '../types';

export type Row =
  | { kind: 'mention'; id: string; mention: Mention }
  | { kind: 'gap'; id: string; reason: string };

export const mostRows = 5_000;

export const rows = signal<readonly Row[]>([]);
export const waiting = signal<readonly Row[]>([]);
// Where the list ends in the feed: what is older begins there. null: nothing is.
export const older = signal<string | null>(null);
export const isPaused = signal(false);
// The reader has scrolled down: what comes waits, so that nothing moves under their eyes.
const isReadingBelow = signal(false);
// The sources that mentions came from since the page was opened.
export const seenSources = signal<ReadonlySet<string>>(new Set());

export function rowOf(mention: Mention): Row {
  return { kind: 'mention', id: mention.mention_id, mention };
}

export function addAbove(fresh: readonly Row[]): void {
  noteSources(fresh);
  if (isPaused.value || isReadingBelow.value) {
    waiting.value = above(fresh, waiting.value).slice(0, mostRows);
  } else {
    rows.value = keepNewest(above(fresh, rows.value));
  }
}

// An edited post comes again: then it stands in its new place alone.
function above(fresh: readonly Row[], old: readonly Row[]): readonly Row[] {
  const ids = new Set(fresh.map((row) => row.id));
  return fresh.concat(old.filter((row) => !ids.has(row.id)));
}

// Older ones; of two that are the same the one that is there stays.
export function addBelow(more: readonly Row[]): void {
  noteSources(more);
  const ids = new Set(rows.value.map((row) => row.id));
  rows.value = keepNewest(rows.value.concat(more.filter((row) => !ids.has(row.id))));
}

function keepNewest(all: readonly Row[]): readonly Row[] {
  if (all.length <= mostRows) return all;
  const kept = all.slice(0, mostRows);
  const last = kept.findLast((row) => row.kind === 'mention');
  if (last?.kind === 'mention') older.value = last.mention.cursor;
  return kept;
}

function noteSources(fresh: readonly Row[]): void {
  const unknown = fresh
    .flatMap((row) => (row.kind === 'mention' ? [row.mention.post.source] : []))
    .filter((source) => !seenSources.value.has(source));
  if (unknown.length > 0) seenSources.value = new Set([...seenSources.value, ...unknown]);
}

function showWaiting(): void {
  batch(() => {
    rows.value = keepNewest(above(waiting.value, rows.value));
    waiting.value = [];
  });
}

export function setPaused(paused: boolean): void {
  batch(() => {
    isPaused.value = paused;
    if (!paused) showWaiting();
  });
}

export function setReadingBelow(below: boolean): void {
  if (isReadingBelow.value === below) return;
  isReadingBelow.value = below;
  if (!below && !isPaused.value && waiting.value.length > 0) showWaiting();
}

export function replaceMention(mention: Mention): void {
  const swap = (row: Row): Row => (row.id === mention.mention_id ? rowOf(mention) : row);
  rows.value = rows.value.map(swap);
  waiting.value = waiting.value.map(swap);
  if (outside.value?.mention_id === mention.mention_id) outside.value = mention;
}

export function replaceTriage(id: string, triage: Triage): void {
  const known = mentionOf(id);
  if (known) replaceMention({ ...known, triage });
}

export function withdraw(id: string): void {
  const stays = (row: Row) => row.id !== id;
  batch(() => {
    rows.value = rows.value.filter(stays);
    waiting.value = waiting.value.filter(stays);
    if (outside.value?.mention_id === id) outside.value = null;
  });
}

// What is chosen stays chosen.
export function clearRows(): void {
  batch(() => {
    outside.value = selectedMention.value;
    older.value = null;
    rows.value = [];
    waiting.value = [];
  });
}

export const selectedId = signal('');
export const isDetailOpen = signal(false);
// Why what was chosen did not come.
export const selectionProblem = signal('');
// What is chosen and not, or no longer, in the list: of a thread, of an address, of other filters.
const outside = signal<Mention | null>(null);

export const selectedMention = computed(() => mentionOf(selectedId.value));

function mentionOf(id: string): Mention | null {
  for (const all of [rows.value, waiting.value]) {
    const row = all.find((one) => one.id === id);
    if (row?.kind === 'mention') return row.mention;
  }
  return outside.value?.mention_id === id ? outside.value : null;
}

export function choose(id: string): void {
  batch(() => {
    selectedId.value = id;
    selectionProblem.value = '';
    isDetailOpen.value = id !== '';
  });
  if (id && !mentionOf(id)) void fetchOutside(id);
}

async function fetchOutside(id: string): Promise<void> {
  try {
    const mention = await get<Mention>(`/mentions/${encodeURIComponent(id)}`);
    if (selectedId.value === id) outside.value = mention;
  } catch (error) {
    if (selectedId.value === id) selectionProblem.value = (error as Error).message;
  }
}

export function selectBeside(step: 1 | -1): void {
  const all = rows.value;
  const at = all.findIndex((row) => row.id === selectedId.value);
  const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step));
  selectedId.value = all[next]?.id ?? '';
}
