// Requests to the server that the page came from.
import { signal } from '@preact/signals';
import { words } from './words';

export const isTokenAsked = signal(false);
let token = ''; // in memory alone: a page that is opened anew asks again

export function useToken(given: string): void {
  token = given;
  isTokenAsked.value = false;
}

export function hasToken(): boolean {
  return token !== '';
}

// A problem of the server (RFC 9457), or what stood in the way to it (status 0).
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly name: string,
    message: string,
    readonly body: unknown = null,
  ) {
    super(message);
  }
}

interface ProblemBody {
  title?: string;
  detail?: string;
}

export interface Answer<T> {
  body: T;
  etag: string | null;
}

type Fields = Record<string, string>;

export async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  fields: Fields = {},
): Promise<Answer<T>> {
  const headers: Fields = { ...fields };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers['Authorization'] = `Bearer ${token}`;
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Problem(0, 'unreachable', words.peek().unreachable);
  }
  const said: unknown = await answer.json().catch(() => null);
  if (answer.status === 401) isTokenAsked.value = true;
  if (!answer.ok) {
    const problem = (said ?? {}) as ProblemBody;
    throw new Problem(
      answer.status,
      problem.title ?? '',
      problem.detail ?? answer.statusText,
      said,
    );
  }
  return { body: said as T, etag: answer.headers.get('ETag') };
}

export async function get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return (await request<T>('GET', `/api/v1${path}${text ? `?${text}` : ''}`)).body;
}
