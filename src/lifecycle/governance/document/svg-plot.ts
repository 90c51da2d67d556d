import type { Figure } from '../../../kernel/figure.ts';
import { escapeHtml } from './escape-text.ts';
import { finiteExtent, type SvgScale, svgScale } from './svg-scale.ts';
import {
  axisText,
  axisTitle,
  DASHES,
  type FigureAxis,
  svgElement,
  svgLabel,
  svgNumber,
  svgRoot,
} from './svg-text.ts';

type LineFigure = Extract<Figure, { kind: 'line' }>;

const SIZE = { width: 560, height: 300 };
const LEFT = 64;
const RIGHT = 26;
const TOP = 22;
const BOTTOM = 46;

interface Plot {
  readonly x: SvgScale;
  readonly y: SvgScale;
}

/** Lines with their bands, bounds and marks. */
export function svgLines(figure: LineFigure): string {
  const bounds = (figure.thresholds ?? []).map(({ value }) => value);
  const xs = figure.series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = figure.series.flatMap(({ points, band = [] }) => [
    ...points.map(([, y]) => y),
    ...band.flatMap(([, low, high]) => [low, high]),
  ]);
  const marks = figure.marks ?? [];
  const plot = {
    x: svgScale(finiteExtent([...xs, ...marks.map(({ at }) => at)]), [LEFT, SIZE.width - RIGHT]),
    y: svgScale(finiteExtent([...ys, ...bounds]), [SIZE.height - BOTTOM, TOP]),
  };
  const body = [
    frame(plot, figure.x, figure.y),
    ...figure.series.map(({ band = [] }) => bandPath(plot, band)),
    ...marks.map((mark) => upright(plot, mark.at, mark.label)),
    ...(figure.thresholds ?? []).map((one) => bound(plot, one.value, one.label)),
    ...figure.series.map(({ points }, i) => path(plot, points, DASHES[i % DASHES.length] ?? 'none')),
  ];
  return svgRoot(SIZE, figure.title, body.join(''));
}

const SHARE_X: FigureAxis = { label: 'false positive rate', scale: 'share' };
const SHARE_Y: FigureAxis = { label: 'true positive rate', scale: 'share' };
const PREDICTED: FigureAxis = { label: 'predicted', scale: 'share' };
const OBSERVED: FigureAxis = { label: 'observed', scale: 'share' };

function unitPlot(): Plot {
  return {
    x: svgScale([0, 1], [LEFT, SIZE.width - RIGHT]),
    y: svgScale([0, 1], [SIZE.height - BOTTOM, TOP]),
  };
}

/** Receiver operating characteristic, with the diagonal of a guess. */
export function svgRoc(figure: Extract<Figure, { kind: 'roc' }>): string {
  const plot = unitPlot();
  const body = [
    frame(plot, SHARE_X, SHARE_Y),
    diagonal(plot),
    ...figure.series.map(({ points }, i) => path(plot, points, DASHES[i % DASHES.length] ?? 'none')),
  ];
  return svgRoot(SIZE, figure.title, body.join(''));
}

/** Calibration: points on the diagonal are right. How many rows each stands for is in the evidence. */
export function svgReliability(figure: Extract<Figure, { kind: 'reliability' }>): string {
  const plot = unitPlot();
  const body = [
    frame(plot, PREDICTED, OBSERVED),
    diagonal(plot),
    ...figure.series.flatMap(({ bins }, i) => [
      path(
        plot,
        bins.map(({ predicted, observed }): [number, number] => [predicted, observed]),
        DASHES[i % DASHES.length] ?? 'none',
      ),
      ...bins.map((bin) =>
        svgElement('circle', { cx: plot.x.at(bin.predicted), cy: plot.y.at(bin.observed), r: 3 }),
      ),
      ...bins.map(({ predicted, low, high }) =>
        low === undefined || high === undefined
          ? ''
          : line(plot.x.at(predicted), plot.y.at(low), plot.x.at(predicted), plot.y.at(high), 'whisker'),
      ),
    ]),
  ];
  return svgRoot(SIZE, figure.title, body.join(''));
}

function frame({ x, y }: Plot, xAxis: FigureAxis, yAxis: FigureAxis): string {
  const floor = SIZE.height - BOTTOM;
  return [
    ...x.ticks.flatMap((tick) => [
      line(x.at(tick), TOP, x.at(tick), floor, 'grid'),
      svgLabel(axisText(xAxis, tick), { x: x.at(tick), y: floor + 16, 'text-anchor': 'middle' }),
    ]),
    ...y.ticks.flatMap((tick) => [
      line(LEFT, y.at(tick), SIZE.width - RIGHT, y.at(tick), 'grid'),
      svgLabel(axisText(yAxis, tick), { x: LEFT - 6, y: y.at(tick) + 4, 'text-anchor': 'end' }),
    ]),
    svgLabel(axisTitle(xAxis), { x: SIZE.width - RIGHT, y: SIZE.height - 8, 'text-anchor': 'end' }),
    svgLabel(axisTitle(yAxis), { x: 4, y: 13 }),
  ].join('');
}

function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return svgElement('line', { class: kind, x1, y1, x2, y2 });
}

function diagonal({ x, y }: Plot): string {
  return line(x.at(0), y.at(0), x.at(1), y.at(1), 'grid');
}

function bound({ y }: Plot, value: number, label: string): string {
  const at = y.at(value);
  const name = svgLabel(label, { x: SIZE.width - RIGHT, y: at - 4, 'text-anchor': 'end' });
  return `${line(LEFT, at, SIZE.width - RIGHT, at, 'bound')}${name}`;
}

function upright({ x }: Plot, at: number, label: string): string {
  const name = svgElement('title', {}, escapeHtml(label));
  return svgElement('g', {}, `${line(x.at(at), TOP, x.at(at), SIZE.height - BOTTOM, 'bound')}${name}`);
}

/** A line through the points; a null leaves a gap. */
function path({ x, y }: Plot, points: readonly (readonly [number, number | null])[], dash: string): string {
  let open = false;
  const parts: string[] = [];
  for (const [px, py] of points) {
    if (py === null || !Number.isFinite(py)) {
      open = false;
      continue;
    }
    parts.push(`${open ? 'L' : 'M'}${svgNumber(x.at(px))} ${svgNumber(y.at(py))}`);
    open = true;
  }
  if (parts.length === 0) return '';
  return svgElement('path', { class: 'series', d: parts.join(''), 'stroke-dasharray': dash });
}

function bandPath({ x, y }: Plot, band: readonly (readonly [number, number, number])[]): string {
  if (band.length === 0) return '';
  const there = band.map(([px, low]) => `${svgNumber(x.at(px))} ${svgNumber(y.at(low))}`);
  const back = band.map(([px, , high]) => `${svgNumber(x.at(px))} ${svgNumber(y.at(high))}`).reverse();
  return svgElement('path', { class: 'band', d: `M${[...there, ...back].join('L')}Z` });
}
