// The brands that can be chosen: those with mentions, and those of the rules where they may be read.
import { computed, signal } from '@preact/signals';
import { get } from './api';
import type { RuleSet } from './types';

export interface BrandName {
  id: string;
  name: string;
}
export const brands = signal<BrandName[]>([]);
// The server has no brand at all: nothing can come before one is added.
export const hasNoBrand = signal(false);

const names = computed(() => new Map(brands.value.map(({ id, name }) => [id, name])));
const plain = (id: string) => id.replaceAll('_', ' ');

export function brandName(id: string): string {
  return names.value.get(id) ?? plain(id);
}

export function refreshBrands(): void {
  void load();
}

async function load(): Promise<void> {
  const [stored, ruled] = await Promise.all([
    get<{ brands: { id: string }[] }>('/brands').catch(() => null),
    get<RuleSet>('/rules').catch(() => null),
  ]);
  if (!stored && !ruled) return; // what was known is still the best that is known
  const all = new Map<string, string>();
  for (const { id } of stored?.brands ?? []) all.set(id, plain(id));
  for (const { id, name } of ruled?.brands ?? []) all.set(id, name);
  brands.value = [...all]
    .map(([id, name]) => ({ id, name }))
    .sort((a, b) => a.name.localeCompare(b.name));
  hasNoBrand.value = stored !== null && ruled !== null && all.size === 0;
}
