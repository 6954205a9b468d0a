// The websocket: resumes from the last cursor after every break.
import { batch, signal } from '@preact/signals';
import { hasToken, request } from '../api';
import type { Alert, Mention, Triage } from '../types';

export type Connection = 'connecting' | 'connected' | 'lost';
export const connection = signal<Connection>('connecting');
// How many times it was back after a break.
export const resumptions = signal(0);
// It went on where it had broken off: said for a while.
export const isResumed = signal(false);
// What is shown is as of then; null while all is well.
export const lostSince = signal<Date | null>(null);

export type Change =
  | { kind: 'triage'; mention_id: string; triage: Triage }
  | { kind: 'mention.withdrawn'; mention_id: string }
  | { kind: 'score.revised' };

type Frame =
  | { op: 'subscribed'; cursor: string }
  | { op: 'mentions'; cursor: string; items: Mention[] }
  | { op: 'gap'; reason: string }
  | { op: 'alert'; alert: Alert }
  | ({ op: 'change' } & Change)
  | { op: 'error'; code: string; message: string };

export interface Listener {
  onMentions(items: Mention[]): void;
  onGap(reason: string): void;
  onChange(change: Change): void;
  onAlert(alert: Alert): void;
  onRefusal(message: string): void;
}

// Frames gather that long at the server: the page draws a few times a second, whatever comes.
const gatherMilliseconds = 250;
const firstWait = 500;
const longestWait = 30_000;
const sayMilliseconds = 12_000;

let socket: WebSocket | null = null;
let cursor = 'now';
let where = '';
let attempts = 0;
let timer = 0;
let sayTimer = 0;
let turn = 0;
let hasBeenConnected = false;
let listener: Listener | null = null;

addEventListener('offline', () => {
  lostSince.value ??= new Date();
});
addEventListener('online', () => {
  if (connection.value === 'connected') lostSince.value = null;
  else reconnect();
});

// Now, and not when it is next due.
export function reconnect(): void {
  if (listener) void connect();
}

// Leaves what was followed before.
export function follow(filter: string, after: string, told: Listener): void {
  where = filter;
  cursor = after;
  listener = told;
  attempts = 0;
  hasBeenConnected = false;
  void connect();
}

// Follows nothing for now: the server cannot be reached.
export function leave(): void {
  listener = null;
  hangUp();
  lose();
}

function hangUp(): void {
  clearTimeout(timer);
  turn++;
  if (!socket) return;
  socket.onopen = socket.onclose = socket.onmessage = null;
  socket.close();
  socket = null;
}

async function connect(): Promise<void> {
  hangUp();
  const mine = turn;
  if (connection.value !== 'lost') connection.value = 'connecting';
  let ticket = '';
  if (hasToken()) {
    try {
      const given = await request<{ ticket: string }>('POST', '/api/v1/live:ticket');
      ticket = `?ticket=${encodeURIComponent(given.body.ticket)}`;
    } catch {
      if (mine === turn) retry();
      return;
    }
    if (mine !== turn) return;
  }
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const opened = new WebSocket(`${scheme}://${location.host}/api/v1/live${ticket}`, [
    'passaparola.v1',
  ]);
  socket = opened;
  opened.onopen = () => {
    opened.send(
      JSON.stringify({
        op: 'subscribe',
        id: 'page',
        where,
        after: cursor,
        every_ms: gatherMilliseconds,
        channels: ['mentions', 'changes', 'alerts'],
      }),
    );
  };
  opened.onmessage = (event: MessageEvent<string>) => hear(JSON.parse(event.data) as Frame);
  opened.onclose = retry;
}

function lose(): void {
  batch(() => {
    connection.value = 'lost';
    isResumed.value = false;
    lostSince.value ??= new Date();
  });
}

// Waits longer each time, and not as long as all other pages do.
function retry(): void {
  lose();
  attempts++;
  const most = Math.min(longestWait, firstWait * 2 ** Math.min(attempts, 6));
  timer = window.setTimeout(() => void connect(), most / 2 + (Math.random() * most) / 2);
}

function connected(): void {
  batch(() => {
    if (lostSince.value) resumptions.value++;
    isResumed.value = hasBeenConnected;
    lostSince.value = null;
    connection.value = 'connected';
  });
  hasBeenConnected = true;
  clearTimeout(sayTimer);
  sayTimer = window.setTimeout(() => {
    isResumed.value = false;
  }, sayMilliseconds);
}

function hear(frame: Frame): void {
  switch (frame.op) {
    case 'subscribed':
      attempts = 0;
      cursor = frame.cursor;
      connected();
      break;
    case 'mentions':
      cursor = frame.cursor;
      listener?.onMentions(frame.items);
      break;
    case 'gap':
      listener?.onGap(frame.reason);
      break;
    case 'change':
      listener?.onChange(frame);
      break;
    case 'alert':
      listener?.onAlert(frame.alert);
      break;
    case 'error':
      listener?.onRefusal(frame.message);
      if (frame.code === 'cursor_unknown' || frame.code === 'cursor_ahead') {
        listener?.onGap(frame.message);
        cursor = 'now';
        hasBeenConnected = false; // nobody can say that nothing is missing
        socket?.close();
      }
      break;
  }
}
