// What fills the list: the filters, the recent past, then what comes.
import { batch, computed, signal } from '@preact/signals';
import { get, type Problem } from '../api';
import { brand } from '../route';
import type { Alert, Label, OlderPage, State } from '../types';
import { type Change, follow, leave, reconnect } from './connection';
import { addAbove, addBelow, clearRows, mostRows, older, replaceTriage, type Row, rowOf, rows, withdraw } from './rows';

const pageRows = 200;

export interface Filters {
  where: string;
  source: string;
  label: Label | '';
  act: string;
  relation: string; // the author's class
  lang: string;
  state: State | '';
}
const noFilters: Filters = {
  where: '', source: '', label: '', act: '', relation: '', lang: '', state: '',
};
export const filters = signal<Filters>(noFilters);
export const isLoading = signal(true);
export const refusal = signal('');
// Why the recent past did not come; it is asked for again by itself.
export const unreachable = signal('');
export const newestAlert = signal<Alert | null>(null);
// How many mentions came since the page was opened, for who listens to it.
export const arrived = signal(0);

// The filter in the rule language that the choices come to.
export const filterText = computed(() => {
  const { where, source, label, act, relation, lang, state } = filters.value;
  const parts = [
    brand.value && `brand:${brand.value}`,
    source && `source:${source}`,
    label && `label:${label}`,
    act && `act:${act}`,
    relation && `author.class:${relation}`,
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
    addAbove(fresh);
  });
}

function apply(change: Change): void {
  if (change.kind === 'triage') replaceTriage(change.mention_id, change.triage);
  if (change.kind !== 'mention.withdrawn') return;
  pending = pending.filter((row) => row.id !== change.mention_id);
  withdraw(change.mention_id);
}

const againMilliseconds = 3_000;
let asked = 0;
let timer = 0;

// A page of the recent past, then what comes.
export async function begin(): Promise<void> {
  const mine = ++asked;
  clearTimeout(timer);
  pending = [];
  batch(() => {
    clearRows();
    refusal.value = '';
    isLoading.value = unreachable.value === '';
  });
  const where = filterText.value;
  let after = 'now';
  try {
    const page = await get<OlderPage>('/mentions', { before: 'now', limit: pageRows, where });
    if (mine !== asked) return;
    takeOlder(page);
    unreachable.value = '';
    after = page.cursor;
  } catch (error) {
    if (mine !== asked) return;
    const { status, message } = error as Problem;
    if (status === 0 || status >= 500) return beginLater(message);
    refusal.value = message;
    unreachable.value = '';
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

function takeOlder(page: OlderPage): void {
  batch(() => {
    older.value = page.before;
    addBelow(page.items.map(rowOf).reverse());
    isLoading.value = false;
  });
}

// What is older than the list. What is rare may lie so far back that it takes the server several
// answers to come to it.
export async function showOlder(): Promise<void> {
  const mine = asked;
  const before = older.value;
  if (before === null || isLoading.value || rows.value.length >= mostRows) return;
  isLoading.value = true;
  try {
    const page = await get<OlderPage>('/mentions', { before, limit: pageRows, where: filterText.value });
    if (mine === asked) takeOlder(page);
  } catch (error) {
    if (mine !== asked) return;
    refusal.value = (error as Error).message;
    isLoading.value = false;
  }
}

// Nothing is followed before the past is there: it would be missing.
function beginLater(message: string): void {
  batch(() => {
    unreachable.value = message;
    isLoading.value = false;
  });
  leave();
  timer = window.setTimeout(() => void begin(), againMilliseconds);
}

// Now, and not when it is next due.
export function hurry(): void {
  if (unreachable.value) void begin();
  else reconnect();
}
