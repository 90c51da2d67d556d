import type { BarsFigure } from '../evidence/figure.ts';
import { axisFormat, axisLabel } from './axis-format.ts';
import { chartRoot } from './chart-frame.ts';
import { extent, linearScale } from './linear-scale.ts';
import type { LinearScale } from './linear-scale.ts';
import { px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';

/** Categories drawn; the table holds all of them. */
export const BARS_SHOWN_MAX = 30;

const BAR_HEIGHT = 14;
const GROUP_GAP = 10;
const TOP_PLAIN = 8;
/** Room for the names of bounds above the bars. */
const TOP_BOUNDED = 24;
const FOOT = 40;
/** Width of an average letter at 11 px, to cut labels that would run out of the drawing. */
const LETTER_WIDTH = 6.6;

/** Height in pixels that the bars of a figure need. */
function barChartHeight(figure: BarsFigure): number {
  const groups = Math.min(figure.categories.length, BARS_SHOWN_MAX);
  return topOf(figure) + groups * (figure.series.length * BAR_HEIGHT + GROUP_GAP) + FOOT;
}

function topOf(figure: BarsFigure): number {
  return (figure.thresholds ?? []).length === 0 ? TOP_PLAIN : TOP_BOUNDED;
}

/** Horizontal bars, one group for each category, so that names of any length stay readable. */
export function barChart(figure: BarsFigure, width: number): SvgElement {
  const size: Size = { width, height: barChartHeight(figure) };
  const categories = figure.categories.slice(0, BARS_SHOWN_MAX);
  const longest = Math.max(...categories.map((name) => name.length));
  const left = Math.min(Math.max(60, longest * LETTER_WIDTH + 12), width * 0.38);
  const bounds = (figure.thresholds ?? []).map(({ value }) => value);
  const values = figure.series.flatMap((one) => [...one.values, ...(one.low ?? []), ...(one.high ?? [])]);
  const domain = extent([0, ...values, ...bounds]);
  const x = linearScale(domain, [left, width - 54], { count: width > 420 ? 5 : 3, round: true });
  return chartRoot(size, summary(figure), [
    ...grid(figure, x, size),
    ...categories.flatMap((category, row) => group(figure, { category, row, x, left })),
    ...boundLines(figure, x, size),
  ]);
}

function grid(figure: BarsFigure, x: LinearScale, size: Size): SvgElement[] {
  const text = axisFormat(figure.y);
  const bottom = size.height - FOOT;
  return [
    ...x.ticks.flatMap((tick) => {
      const at = px(x.at(tick));
      return [
        svg('line', { class: 'chart-grid', x1: at, x2: at, y1: topOf(figure), y2: bottom }),
        svg('text', { class: 'chart-tick', x: at, y: bottom + 16, 'text-anchor': 'middle' }, [text(tick)]),
      ];
    }),
    svg('text', { class: 'chart-name', x: size.width - 14, y: size.height - 6, 'text-anchor': 'end' }, [
      axisLabel(figure.y),
    ]),
  ];
}

interface GroupInput {
  readonly category: string;
  readonly row: number;
  readonly x: LinearScale;
  readonly left: number;
}

function group(figure: BarsFigure, { category, row, x, left }: GroupInput): SvgElement[] {
  const height = figure.series.length * BAR_HEIGHT;
  const top = topOf(figure) + GROUP_GAP / 2 + row * (height + GROUP_GAP);
  const room = Math.floor((left - 12) / LETTER_WIDTH);
  const name = category.length > room ? `${category.slice(0, Math.max(1, room - 1))}…` : category;
  return [
    svg(
      'text',
      { class: 'chart-category', x: left - 8, y: px(top + height / 2 + 3.5), 'text-anchor': 'end' },
      [name, svg('title', {}, [category])],
    ),
    ...figure.series.flatMap((_, index) => bar(figure, row, index, x, top + index * BAR_HEIGHT)),
  ];
}

function bar(figure: BarsFigure, row: number, index: number, x: LinearScale, top: number): SvgElement[] {
  const one = figure.series[index];
  const value = one?.values[row];
  if (one === undefined || value === null || value === undefined) return [];
  const zero = x.at(Math.max(0, x.domain[0]));
  const end = x.at(value);
  const low = one.low?.[row];
  const high = one.high?.[row];
  const known = low !== null && low !== undefined && high !== null && high !== undefined;
  const middle = px(top + BAR_HEIGHT / 2);
  const outer = Math.max(zero, end, known ? x.at(high) : 0);
  return [
    svg('rect', {
      class: `chart-bar series-${index}`,
      x: px(Math.min(zero, end)),
      y: px(top + 2),
      width: px(Math.max(1, Math.abs(end - zero))),
      height: BAR_HEIGHT - 4,
      rx: 2,
    }),
    ...(known
      ? [
          svg('line', {
            class: 'chart-whisker',
            x1: px(x.at(low)),
            x2: px(x.at(high)),
            y1: middle,
            y2: middle,
          }),
        ]
      : []),
    svg('text', { class: 'chart-value', x: px(outer + 6), y: middle + 3.5 }, [axisFormat(figure.y)(value)]),
  ];
}

function boundLines(figure: BarsFigure, x: LinearScale, size: Size): SvgElement[] {
  return (figure.thresholds ?? []).flatMap(({ value, label }) => {
    const at = px(x.at(value));
    return [
      svg('line', { class: 'chart-bound', x1: at, x2: at, y1: topOf(figure) - 4, y2: size.height - FOOT }),
      svg('text', { class: 'chart-bound-name', x: at, y: 14, 'text-anchor': 'middle' }, [label]),
    ];
  });
}

function summary(figure: BarsFigure): string {
  const shown = Math.min(figure.categories.length, BARS_SHOWN_MAX);
  const rest =
    figure.categories.length > shown ? `, the first ${shown} of ${figure.categories.length} drawn` : '';
  return `${figure.title}. ${axisLabel(figure.y)} by ${axisLabel(figure.x)}${rest}.`;
}
