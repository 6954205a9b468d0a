// The mentions that the page has: the newest, newest first, and what waits while it is paused.
import { batch, computed, signal } from '@preact/signals';
import { get } from '../api';
import { brand } from '../route';
import type { Alert, Label, Mention, Page, State } from '../types';
import { type Change, follow } from './connection';

export type Row = { kind: 'mention'; id: string; mention: Mention } | { kind: 'gap'; id: string; reason: string };

const mostRows = 5_000;
const firstRows = 200;

export interface Filters {
  where: string;
  source: string;
  label: Label | '';
  act: string;
  lang: string;
  state: State | '';
}
export const noFilters: Filters = { where: '', source: '', label: '', act: '', lang: '', state: '' };
export const filters = signal<Filters>(noFilters);
export const rows = signal<readonly Row[]>([]);
export const waiting = signal<readonly Row[]>([]);
export const isPaused = signal(false);
export const isLoading = signal(true);
export const refusal = signal('');
export const selectedId = signal('');
export const newestAlert = signal<Alert | null>(null);
// How many mentions came since the page was opened, for who listens to it.
export const arrived = signal(0);

export const selectedMention = computed(() => {
  const row = rows.value.find((one) => one.id === selectedId.value);
  return row?.kind === 'mention' ? row.mention : null;
});

// The filter in the rule language that the choices come to.
export const filterText = computed(() => {
  const { where, source, label, act, lang, state } = filters.value;
  const parts = [
    brand.value && `brand:${brand.value}`,
    source && `source:${source}`,
    label && `label:${label}`,
    act && `act:${act}`,
    lang && `lang:${lang}`,
    state && `state:${state}`,
    where.trim() && `(${where.trim()})`,
  ];
  return parts.filter(Boolean).join(' ');
});

let pending: Row[] = []; // newest first
let isDrawing = false;
let gaps = 0;

function add(fresh: Row[]): void {
  pending = fresh.reverse().concat(pending).slice(0, mostRows);
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(draw); // one change of state a frame, however many messages come
}

function draw(): void {
  isDrawing = false;
  if (pending.length === 0) return;
  const fresh = pending;
  pending = [];
  batch(() => {
    arrived.value += fresh.length;
    const target = isPaused.value ? waiting : rows;
    const ids = new Set(fresh.map((row) => row.id)); // an edited post comes again
    const others = target.value.filter((row) => !ids.has(row.id));
    target.value = fresh.concat(others).slice(0, mostRows);
  });
}

export function setPaused(paused: boolean): void {
  batch(() => {
    isPaused.value = paused;
    if (paused) return;
    const ids = new Set(waiting.value.map((row) => row.id));
    const others = rows.value.filter((row) => !ids.has(row.id));
    rows.value = waiting.value.concat(others).slice(0, mostRows);
    waiting.value = [];
  });
}

export function replaceMention(mention: Mention): void {
  const swap = (row: Row): Row => (row.id === mention.mention_id ? rowOf(mention) : row);
  rows.value = rows.value.map(swap);
  waiting.value = waiting.value.map(swap);
}

function rowOf(mention: Mention): Row {
  return { kind: 'mention', id: mention.mention_id, mention };
}

function apply(change: Change): void {
  if (change.kind === 'score.revised') return;
  const id = change.mention_id;
  if (change.kind === 'mention.withdrawn') {
    const stays = (row: Row) => row.id !== id;
    pending = pending.filter(stays);
    rows.value = rows.value.filter(stays);
    waiting.value = waiting.value.filter(stays);
    return;
  }
  const row = rows.value.find((one) => one.id === id);
  if (row?.kind === 'mention') replaceMention({ ...row.mention, triage: change.triage });
}

let asked = 0;

// A page of the recent past, then what comes.
export async function begin(): Promise<void> {
  const mine = ++asked;
  pending = [];
  batch(() => {
    rows.value = [];
    waiting.value = [];
    selectedId.value = '';
    refusal.value = '';
    isLoading.value = true;
  });
  const where = filterText.value;
  let after = 'now';
  try {
    const page = await get<Page>('/mentions', { last: 1000, limit: 1000, where });
    if (mine !== asked) return;
    rows.value = page.items.slice(-firstRows).reverse().map(rowOf);
    after = page.cursor;
  } catch (error) {
    if (mine !== asked) return;
    refusal.value = (error as Error).message;
  }
  isLoading.value = false;
  follow(where, after, {
    onMentions: (items) => add(items.map(rowOf)),
    onGap: (reason) => add([{ kind: 'gap', id: `gap-${++gaps}`, reason }]),
    onChange: apply,
    onAlert: (alert) => {
      newestAlert.value = alert;
    },
    onRefusal: (message) => {
      refusal.value = message;
    },
  });
}

export function selectBeside(step: 1 | -1): void {
  const all = rows.value;
  const at = all.findIndex((row) => row.id === selectedId.value);
  const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step));
  selectedId.value = all[next]?.id ?? '';
}
