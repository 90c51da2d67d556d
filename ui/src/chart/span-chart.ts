import { formatDate } from '../format/time.ts';
import { chartRoot } from './chart-frame.ts';
import { extent, linearScale } from './linear-scale.ts';
import { px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';
import { timeTicks } from './time-ticks.ts';

/** What a stretch of time was used for; each has its own colour, and a height of its own besides. */
export const SPAN_USES = ['train', 'validation', 'test', 'judged'] as const;
export type SpanUse = (typeof SPAN_USES)[number];

/** One row: a name, and stretches of time in milliseconds UTC. */
export interface SpanRow {
  readonly name: string;
  readonly spans: readonly { readonly use: SpanUse; readonly from: number; readonly to: number }[];
}

const ROW_HEIGHT = 30;
const TOP = 6;
const FOOT = 26;
const RIGHT = 14;
const LETTER_WIDTH = 6.6;

const HEIGHTS: Readonly<Record<SpanUse, number>> = { train: 16, validation: 12, test: 8, judged: 20 };
const SERIES: Readonly<Record<SpanUse, number>> = { train: 0, validation: 2, test: 3, judged: 1 };

/** Class of a stretch, for the drawing and its key. */
export function spanClass(use: SpanUse): string {
  return `chart-span series-${SERIES[use]}`;
}

/** Which stretch of time was used for what, row below row on one time axis. */
export function spanChart(rows: readonly SpanRow[], title: string, width: number): SvgElement {
  const size: Size = { width, height: TOP + rows.length * ROW_HEIGHT + FOOT };
  const longest = Math.max(...rows.map(({ name }) => name.length));
  const left = Math.min(longest * LETTER_WIDTH + 14, width * 0.36);
  const [from, to] = extent(rows.flatMap(({ spans }) => spans.flatMap((span) => [span.from, span.to])));
  const x = linearScale([from, to], [left, width - RIGHT], { count: 5 });
  const { ticks, text } = timeTicks(from, to, width - RIGHT - left);
  const bottom = size.height - FOOT;
  return chartRoot(size, summary(rows, title), [
    ...ticks.flatMap((tick) => {
      const at = px(x.at(tick));
      return [
        svg('line', { class: 'chart-grid', x1: at, x2: at, y1: TOP, y2: bottom + 4 }),
        svg('text', { class: 'chart-tick', x: at, y: bottom + 17, 'text-anchor': 'middle' }, [text(tick)]),
      ];
    }),
    ...rows.flatMap((row, index) => spanRow(row, TOP + (index + 0.5) * ROW_HEIGHT, x.at, left)),
    svg('line', { class: 'chart-axis', x1: left, x2: width - RIGHT, y1: bottom, y2: bottom }),
  ]);
}

function spanRow(
  { name, spans }: SpanRow,
  middle: number,
  x: (at: number) => number,
  left: number,
): SvgElement[] {
  const room = Math.max(3, Math.floor((left - 10) / LETTER_WIDTH));
  const shown = name.length > room ? `${name.slice(0, room - 1)}…` : name;
  return [
    svg('text', { class: 'chart-category', x: left - 8, y: middle + 3.5, 'text-anchor': 'end' }, [
      shown,
      svg('title', {}, [name]),
    ]),
    ...spans.map(({ use, from, to }) =>
      svg(
        'rect',
        {
          class: spanClass(use),
          x: px(x(from)),
          y: px(middle - HEIGHTS[use] / 2),
          width: px(Math.max(1.5, x(to) - x(from) - 1)),
          height: HEIGHTS[use],
          rx: 2,
        },
        [svg('title', {}, [`${use}: ${formatDate(from)} to ${formatDate(to)}`])],
      ),
    ),
  ];
}

function summary(rows: readonly SpanRow[], title: string): string {
  const each = rows.map(({ name, spans }) => {
    const parts = spans.map(({ use, from, to }) => `${use} ${formatDate(from)} to ${formatDate(to)}`);
    return `${name}: ${parts.join(', ')}`;
  });
  return `${title}. ${each.join('; ')}.`;
}
