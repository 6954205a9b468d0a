// Lines over time. Where the pointer is, the legend says the values; the table behind it says them
// all to who does not see it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { repaint } from '../theme';
import { day, language, locale, moment, number, words } from '../words';

export interface Line {
  name: string;
  color: string; // of a custom property: --positive
  dash?: number[];
  values: (number | null)[];
}

interface Props {
  name: string;
  times: number[];
  lines: Line[];
  isSigned?: boolean; // of −1 to 1, and not a count
  level?: 'h3' | 'h4';
}

const daySeconds = 86_400;
const mostPoints = 40;

// Days are days of UTC, as they are counted.
const isDaily = (times: readonly number[]) => (times[1] ?? 0) - (times[0] ?? 0) >= daySeconds;

interface Drawing {
  lines: Line[];
  isSigned: boolean;
  isUtc: boolean;
  hover: (at: number | null) => void;
}

function optionsOf(box: HTMLElement, { lines, isSigned, isUtc, hover }: Drawing): uPlot.Options {
  const style = getComputedStyle(box);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: color('--quiet'), font: '12px system-ui, sans-serif' };
  return {
    ...sizeOf(box, isSigned),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    hooks: { setCursor: [(plot) => hover(plot.cursor.idx ?? null)] },
    tzDate: (second) => {
      const date = new Date(second * 1000);
      return isUtc ? uPlot.tzDate(date, 'UTC') : date;
    },
    axes: [
      {
        ...axis,
        size: 32,
        grid: { show: false },
        ticks: { stroke: color('--line'), width: 1 },
        values: (plot, splits) => splits.map((second) => shortTime(second, plot.data[0] as number[])),
      },
      {
        ...axis,
        size: 48,
        grid: { stroke: color('--line'), width: 1 },
        ticks: { show: false },
        values: (_plot, splits) => splits.map((value) => number(value, isSigned ? 1 : 0)),
        ...(!isSigned && { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 5e4, 1e5, 1e6] }),
      },
    ],
    scales: {
      y: { range: isSigned ? [-1, 1] : (_plot, _low, high) => [0, Math.max(1, high * 1.05)] },
    },
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: color(line.color),
        width: 2,
        spanGaps: true,
        points: { show: (plot: uPlot) => (plot.data[0]?.length ?? 0) < mostPoints, size: 5 },
        ...(line.dash && { dash: line.dash }),
      })),
    ],
  };
}

function sizeOf(box: HTMLElement, isSigned: boolean) {
  return { width: Math.max(200, box.clientWidth), height: isSigned ? 160 : 240 };
}

function shortTime(second: number, times: number[]): string {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const options: Intl.DateTimeFormatOptions =
    span > 3 * daySeconds ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  const zone = isDaily(times) ? { timeZone: 'UTC' } : {};
  return new Date(second * 1000).toLocaleString(locale.peek(), { ...options, ...zone });
}

export function Chart({ name, times, lines, isSigned = false, level = 'h3' }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const isUtc = isDaily(times);
  const names = lines.map((line) => line.name + line.color).join();
  const drawing = [names, language.value, repaint.value, isSigned, isUtc].join();
  useEffect(() => {
    const place = box.current!;
    const options = optionsOf(place, { lines, isSigned, isUtc, hover: setAt });
    const made = new uPlot(options, dataOf(times, lines), place);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize(sizeOf(place, isSigned)));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [drawing]);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);
  const digits = isSigned ? 2 : 0;
  const table = useMemo(() => <Table {...{ name, times, lines, digits }} />, [name, times, lines, drawing]);
  const Heading = level;
  const shown = at === null || times[at] === undefined ? null : at;
  return (
    <figure class="chart">
      <figcaption>
        <Heading>{name}</Heading>
        <ul class="legend">
          {shown !== null && <li class="quiet">{timeOf(times, shown)}</li>}
          {lines.map((line) => (
            <li key={line.name} class={`key ${line.color.slice(2)} ${line.dash ? 'dashed' : ''}`}>
              {line.name}
              {shown !== null && <b> {said(line.values[shown], digits)}</b>}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={box} class={isSigned ? 'plot signed' : 'plot'} aria-hidden="true" />
      {table}
    </figure>
  );
}

const dataOf = (times: number[], lines: Line[]): uPlot.AlignedData => [
  times,
  ...lines.map((line) => line.values),
];

function timeOf(times: number[], at: number): string {
  const milliseconds = (times[at] ?? 0) * 1000;
  return isDaily(times) ? day(milliseconds) : moment(new Date(milliseconds).toISOString());
}

const said = (value: number | null | undefined, digits: number) =>
  value === null || value === undefined ? '–' : number(value, digits);

type TableProps = Pick<Props, 'name' | 'times' | 'lines'> & { digits: number };

function Table({ name, times, lines, digits }: TableProps) {
  const w = words.value;
  return (
    <details>
      <summary>{w.showTable}</summary>
      <div class="table" tabIndex={0} role="region" aria-label={name}>
        <table>
          <caption class="unseen">{name}</caption>
          <thead>
            <tr>
              <th scope="col">{w.time}</th>
              {lines.map((line) => (
                <th scope="col" key={line.name}>
                  {line.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((second, i) => (
              <tr key={second}>
                <th scope="row">{timeOf(times, i)}</th>
                {lines.map((line) => (
                  <td key={line.name}>{said(line.values[i], digits)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
