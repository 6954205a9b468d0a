// Where in a text something was found. The server counts bytes of UTF-8, the page UTF-16 units.
import type { Mention } from '../types';

export type MarkKind = 'match' | 'up' | 'down' | 'cue';
export interface Mark {
  begin: number;
  end: number;
  kind: MarkKind;
}
export interface Part {
  text: string;
  kinds: MarkKind[];
}

function indexOfBytes(text: string): Map<number, number> {
  const map = new Map([[0, 0]]);
  let bytes = 0;
  let index = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += character.length;
    map.set(bytes, index);
  }
  return map;
}

// Words of less weight than this are left unmarked: nearly every word has some.
const leastWeight = 0.4;

export function marksOf(mention: Mention, field: string): Mark[] {
  const marks: Mark[] = [];
  for (const match of mention.matches) {
    if ((match.field ?? 'text') === field) marks.push({ ...match, kind: 'match' });
  }
  for (const hit of mention.sentiment.hits) {
    if ((hit.field ?? 'text') !== field || Math.abs(hit.weight) < leastWeight) continue;
    marks.push({ ...hit, kind: hit.weight < 0 ? 'down' : 'up' });
  }
  for (const act of mention.acts) {
    if (act.begin === undefined || act.end === undefined) continue;
    if ((act.field ?? 'text') === field) marks.push({ begin: act.begin, end: act.end, kind: 'cue' });
  }
  return marks;
}

// The text cut wherever a mark begins or ends. A mark that cuts a character is left out.
export function partsOf(text: string, marks: Mark[]): Part[] {
  const indices = indexOfBytes(text);
  const cuts = new Set([0, text.length]);
  const found: Mark[] = [];
  for (const { begin, end, kind } of marks) {
    const from = indices.get(begin);
    const to = indices.get(end);
    if (from === undefined || to === undefined || from >= to) continue;
    found.push({ begin: from, end: to, kind });
    cuts.add(from).add(to);
  }
  const places = [...cuts].sort((a, b) => a - b);
  const parts: Part[] = [];
  for (let i = 0; i + 1 < places.length; i++) {
    const [from, to] = [places[i]!, places[i + 1]!];
    const here = found.filter((mark) => mark.begin <= from && mark.end >= to);
    parts.push({ text: text.slice(from, to), kinds: [...new Set(here.map((mark) => mark.kind))] });
  }
  return parts;
}
