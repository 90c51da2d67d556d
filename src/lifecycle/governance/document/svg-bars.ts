import type { Figure } from '../../../kernel/figure.ts';
import { finiteExtent, type SvgScale, svgScale } from './svg-scale.ts';
import { axisText, axisTitle, type FigureAxis, svgElement, svgLabel, svgRoot } from './svg-text.ts';

type BarsFigure = Extract<Figure, { kind: 'bars' }>;

/** Categories drawn; the evidence holds all of them. */
const CATEGORIES_MAX = 30;

const WIDTH = 560;
const LEFT = 190;
const RIGHT = 60;
const TOP = 22;
const BOTTOM = 40;
const BAR = 13;
const GAP = 7;

/** Letters of a category's name that fit beside its bars. */
const NAME_CHARS_MAX = 28;

/** Rows of bars: what a figure of bars and a histogram have in common. */
interface Rows {
  readonly title: string;
  readonly names: readonly string[];
  readonly series: readonly {
    readonly values: readonly (number | null)[];
    readonly low?: readonly (number | null)[];
    readonly high?: readonly (number | null)[];
  }[];
  readonly axis: FigureAxis;
  readonly thresholds: readonly { readonly value: number; readonly label: string }[];
}

/** Horizontal bars, one group for each category. */
export function svgBars(figure: BarsFigure): string {
  return rowsOfBars({
    title: figure.title,
    names: figure.categories,
    series: figure.series,
    axis: figure.y,
    thresholds: figure.thresholds ?? [],
  });
}

/** Counts between edges, one bin a row. */
export function svgHistogram(figure: Extract<Figure, { kind: 'histogram' }>): string {
  const names = figure.edges.slice(1).map((edge, i) => {
    const from = axisText(figure.x, figure.edges[i] ?? 0);
    return `${from} to ${axisText(figure.x, edge)}`;
  });
  return rowsOfBars({
    title: figure.title,
    names,
    series: figure.series.map(({ counts }) => ({ values: counts })),
    axis: figure.y,
    thresholds: [],
  });
}

function rowsOfBars(rows: Rows): string {
  const names = rows.names.slice(0, CATEGORIES_MAX);
  const group = rows.series.length * BAR + GAP;
  const height = TOP + names.length * group + BOTTOM;
  const values = rows.series.flatMap((one) => [
    ...one.values.slice(0, CATEGORIES_MAX),
    ...(one.low ?? []).slice(0, CATEGORIES_MAX),
    ...(one.high ?? []).slice(0, CATEGORIES_MAX),
  ]);
  const bounds = rows.thresholds.map(({ value }) => value);
  const x = svgScale(finiteExtent([0, ...values, ...bounds]), [LEFT, WIDTH - RIGHT]);
  const floor = height - BOTTOM;
  const grid = x.ticks.flatMap((tick) => [
    svgElement('line', { class: 'grid', x1: x.at(tick), x2: x.at(tick), y1: TOP, y2: floor }),
    svgLabel(axisText(rows.axis, tick), { x: x.at(tick), y: floor + 15, 'text-anchor': 'middle' }),
  ]);
  const lines = rows.thresholds.flatMap(({ value, label }) => [
    svgElement('line', { class: 'bound', x1: x.at(value), x2: x.at(value), y1: TOP - 4, y2: floor }),
    svgLabel(label, { x: x.at(value), y: 13, 'text-anchor': 'middle' }),
  ]);
  const bars = names.flatMap((name, row) => {
    const top = TOP + row * group + GAP / 2;
    const middle = top + (rows.series.length * BAR) / 2 + 4;
    return [
      svgLabel(shortened(name), { x: LEFT - 8, y: middle, 'text-anchor': 'end' }),
      ...rows.series.map((_, index) => bar(rows, row, index, x, top + index * BAR)),
    ];
  });
  const title = svgLabel(axisTitle(rows.axis), { x: WIDTH - 8, y: height - 6, 'text-anchor': 'end' });
  return svgRoot({ width: WIDTH, height }, rows.title, [...grid, ...bars, ...lines, title].join(''));
}

function bar(rows: Rows, row: number, index: number, x: SvgScale, top: number): string {
  const one = rows.series[index];
  const value = one?.values[row];
  if (one === undefined || value === null || value === undefined || !Number.isFinite(value)) return '';
  const zero = x.at(0);
  const end = x.at(value);
  const low = one.low?.[row] ?? null;
  const high = one.high?.[row] ?? null;
  const y = top + BAR / 2;
  const whisker =
    low === null || high === null
      ? ''
      : svgElement('line', { class: 'whisker', x1: x.at(low), x2: x.at(high), y1: y, y2: y });
  const outer = Math.max(zero, end, high === null ? zero : x.at(high));
  return [
    svgElement('rect', {
      class: `bar bar-${index % 3}`,
      x: Math.min(zero, end),
      y: top + 1,
      width: Math.max(0.5, Math.abs(end - zero)),
      height: BAR - 3,
    }),
    whisker,
    svgLabel(axisText(rows.axis, value), { x: outer + 5, y: y + 4 }),
  ].join('');
}

function shortened(name: string): string {
  const letters = [...name];
  return letters.length > NAME_CHARS_MAX ? `${letters.slice(0, NAME_CHARS_MAX - 1).join('')}…` : name;
}
