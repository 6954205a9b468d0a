// Lines over time. The table behind it says the same to who does not see it.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { repaint } from '../theme';
import { language, moment, number, words } from '../words';

export interface Line {
  name: string;
  color: string; // of a custom property: --positive
  dash?: number[];
  values: number[];
}

const heightPixels = 240;

function drawnIn(box: HTMLElement, times: number[], lines: Line[]): uPlot {
  const style = getComputedStyle(box);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line') } };
  const options: uPlot.Options = {
    width: Math.max(200, box.clientWidth),
    height: heightPixels,
    legend: { show: false },
    cursor: { show: false },
    axes: [
      {
        ...axis,
        values: (_plot, splits) => splits.map((second) => shortTime(second, times)),
      },
      { ...axis, size: 48, values: (_plot, splits) => splits.map((value) => number(value)) },
    ],
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.05)] } },
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: color(line.color),
        width: 2,
        points: { show: times.length < 40 },
        ...(line.dash && { dash: line.dash }),
      })),
    ],
  };
  return new uPlot(options, [times, ...lines.map((line) => line.values)], box);
}

function shortTime(second: number, times: number[]): string {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const options: Intl.DateTimeFormatOptions =
    span > 3 * 86_400 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  return new Date(second * 1000).toLocaleString(language.peek(), options);
}

export function Chart({ name, times, lines }: { name: string; times: number[]; lines: Line[] }) {
  const box = useRef<HTMLDivElement>(null);
  const turn = repaint.value;
  const spoken = language.value;
  useEffect(() => {
    if (!box.current) return;
    const plot = drawnIn(box.current, times, lines);
    const watcher = new ResizeObserver(([entry]) => {
      if (entry) plot.setSize({ width: Math.max(200, entry.contentRect.width), height: heightPixels });
    });
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [times, lines, turn, spoken]);
  return (
    <figure class="chart">
      <figcaption>
        <h3>{name}</h3>
        <ul class="legend">
          {lines.map((line) => (
            <li key={line.name} class={`key ${line.color.slice(2)} ${line.dash ? 'dashed' : ''}`}>
              {line.name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={box} aria-hidden="true" />
      <details>
        <summary>{words.value.showTable}</summary>
        <div class="table" tabIndex={0} role="region" aria-label={name}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.value.time}</th>
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
                  <th scope="row">{moment(new Date(second * 1000).toISOString())}</th>
                  {lines.map((line) => (
                    <td key={line.name}>{number(line.values[i] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
