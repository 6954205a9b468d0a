// What is different between two texts, line by line. Nothing of the page: numbers and strings.

export interface DiffLine {
  sign: '+' | '−' | ' ' | '…'; // comes, goes, stays, is left out
  text: string; // of '…': how many lines are left out
}

const mostCells = 1_000_000; // of the table: above it, all that differs is shown as exchanged
const context = 2; // lines that stay and are shown around those that do not

// How to come from `before` to `after`; empty when they are the same.
export function diffLines(before: string, after: string): DiffLine[] {
  if (before === after) return [];
  const a = before.split('\n');
  const b = after.split('\n');
  let begin = 0;
  while (begin < a.length && begin < b.length && a[begin] === b[begin]) begin++;
  let tail = 0;
  while (
    tail < a.length - begin &&
    tail < b.length - begin &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    tail++;
  }
  const stays = (lines: string[]): DiffLine[] => lines.map((text) => ({ sign: ' ', text }));
  return folded([
    ...stays(a.slice(0, begin)),
    ...exchanged(a.slice(begin, a.length - tail), b.slice(begin, b.length - tail)),
    ...stays(a.slice(a.length - tail)),
  ]);
}

// By the longest common subsequence.
function exchanged(a: string[], b: string[]): DiffLine[] {
  const goes = (text: string): DiffLine => ({ sign: '−', text });
  const comes = (text: string): DiffLine => ({ sign: '+', text });
  const width = b.length + 1;
  if ((a.length + 1) * width > mostCells) return [...a.map(goes), ...b.map(comes)];
  const longest = new Uint32Array((a.length + 1) * width); // of a from i and b from j
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(goes(left));
      i++;
    } else {
      lines.push(comes(right ?? ''));
      j++;
    }
  }
  return lines;
}

// Leaves out what stays, but for what stands near what does not.
function folded(lines: DiffLine[]): DiffLine[] {
  const shown = new Uint8Array(lines.length);
  lines.forEach((line, i) => {
    if (line.sign !== ' ') shown.fill(1, Math.max(0, i - context), i + context + 1);
  });
  const out: DiffLine[] = [];
  let leftOut = 0;
  lines.forEach((line, i) => {
    if (!shown[i]) {
      leftOut++;
      return;
    }
    if (leftOut > 0) out.push({ sign: '…', text: String(leftOut) });
    leftOut = 0;
    out.push(line);
  });
  if (leftOut > 0) out.push({ sign: '…', text: String(leftOut) });
  return out;
}
