// Where the page is: #/live, #/overview, #/people, #/people/SOURCE/ID, #/rules; with the brand
// behind a question mark, so that an address can be passed on.
import { computed, signal } from '@preact/signals';

export const views = ['live', 'overview', 'people', 'rules'] as const;
export type View = (typeof views)[number];

interface Place {
  view: View;
  rest: string[];
  brand: string;
}

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [first = '', ...rest] = path.split('/');
  const view = views.find((one) => one === first) ?? 'live';
  return {
    view,
    rest: rest.map((part) => decoded(part)),
    brand: new URLSearchParams(query).get('brand') ?? '',
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const place = signal<Place>(read());
export const brand = computed(() => place.value.brand);
addEventListener('hashchange', () => {
  place.value = read();
});

export function address(view: View, rest: string[] = [], ofBrand = brand.value): string {
  const path = [view, ...rest.map(encodeURIComponent)].join('/');
  return `#/${path}${ofBrand ? `?brand=${encodeURIComponent(ofBrand)}` : ''}`;
}

export function goTo(view: View, rest: string[] = [], ofBrand = brand.value): void {
  location.hash = address(view, rest, ofBrand);
}
