import { get, Problem } from '../api';
import type { Stats } from '../types';

// Of a brand that has had no mention yet the server knows nothing: null.
export async function askStats(brand: string, query: Record<string, string>): Promise<Stats | null> {
  try {
    return await get<Stats>(`/brands/${encodeURIComponent(brand)}/stats`, query);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return null;
    throw problem;
  }
}
