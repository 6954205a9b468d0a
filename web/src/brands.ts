// The brands that can be chosen: those with mentions, and those of the rules where they may be read.
import { signal } from '@preact/signals';
import { get } from './api';
import type { RuleSet } from './types';

export interface BrandName {
  id: string;
  name: string;
}
export const brands = signal<BrandName[]>([]);
// The server has no brand at all: nothing can come before one is added.
export const hasNoBrand = signal(false);

export function refreshBrands(): void {
  void load();
}

async function load(): Promise<void> {
  const [stored, ruled] = await Promise.all([
    get<{ brands: { id: string }[] }>('/brands').catch(() => null),
    get<RuleSet>('/rules').catch(() => null),
  ]);
  const all = new Map<string, string>();
  for (const { id } of stored?.brands ?? []) all.set(id, id.replaceAll('_', ' '));
  for (const { id, name } of ruled?.brands ?? []) all.set(id, name);
  brands.value = [...all]
    .map(([id, name]) => ({ id, name }))
    .sort((a, b) => a.name.localeCompare(b.name));
  hasNoBrand.value = stored !== null && ruled !== null && all.size === 0;
}
