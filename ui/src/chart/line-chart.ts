import type { LineFigure } from '../evidence/figure.ts';
import { axisFormat, axisLabel } from './axis-format.ts';
import { CHART_MARGIN, Y_LABEL_HEIGHT, chartFrame, chartRoot, thresholdLines } from './chart-frame.ts';
import { extent, linearScale } from './linear-scale.ts';
import { pathThrough, px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';

/** Points are marked as dots only while they can be told apart. */
const DOTS_MAX = 24;

/** Values over a number or time; bands behind the lines, bounds across them. */
export function lineChart(figure: LineFigure, size: Size): SvgElement {
  const margin = { ...CHART_MARGIN, top: CHART_MARGIN.top + Y_LABEL_HEIGHT };
  const points = figure.series.flatMap((one) => one.points);
  const bands = figure.series.flatMap((one) => one.band ?? []);
  const bounds = (figure.thresholds ?? []).map(({ value }) => value);
  const xDomain = extent(points.map(([at]) => at));
  const yDomain = extent([
    ...points.map(([, value]) => value),
    ...bands.flatMap(([, l, h]) => [l, h]),
    ...bounds,
  ]);
  const x = linearScale(xDomain, [margin.left, size.width - margin.right], {
    count: size.width > 420 ? 5 : 3,
  });
  const y = linearScale(yDomain, [size.height - margin.bottom, margin.top], { count: 4, round: true });
  return chartRoot(size, summary(figure), [
    ...chartFrame({
      size,
      margin,
      x,
      y,
      xLabel: axisLabel(figure.x),
      yLabel: axisLabel(figure.y),
      xText: axisFormat(figure.x, xDomain[1] - xDomain[0]),
      yText: axisFormat(figure.y),
    }),
    ...figure.series.flatMap((one, index) => [
      ...(one.band === undefined ? [] : [bandArea(one.band, index, x.at, y.at)]),
      svg('path', {
        class: `chart-line series-${index}`,
        d: pathThrough(one.points.map(([at, value]) => (value === null ? null : [x.at(at), y.at(value)]))),
      }),
      ...(one.points.length > DOTS_MAX ? [] : dots(one.points, index, x.at, y.at)),
    ]),
    ...thresholdLines(figure.thresholds ?? [], y, margin.left, size.width - margin.right),
  ]);
}

type Place = (value: number) => number;

function bandArea(
  band: readonly (readonly [number, number, number])[],
  index: number,
  x: Place,
  y: Place,
): SvgElement {
  const upper = band.map(([at, , high]): [number, number] => [x(at), y(high)]);
  const lower = band.map(([at, low]): [number, number] => [x(at), y(low)]).reverse();
  return svg('path', { class: `chart-band series-${index}`, d: `${pathThrough([...upper, ...lower])}Z` });
}

function dots(
  points: LineFigure['series'][number]['points'],
  index: number,
  x: Place,
  y: Place,
): SvgElement[] {
  return points.flatMap(([at, value]) =>
    value === null
      ? []
      : [svg('circle', { class: `chart-dot series-${index}`, cx: px(x(at)), cy: px(y(value)), r: 2.5 })],
  );
}

/** What the picture says in words: title, and the last value of each series. */
function summary(figure: LineFigure): string {
  const text = axisFormat(figure.y);
  const last = figure.series.map((one) => {
    const value = one.points.findLast(([, known]) => known !== null)?.[1];
    return `${one.name} ends at ${value === null || value === undefined ? 'no value' : text(value)}`;
  });
  return `${figure.title}. ${last.join('; ')}.`;
}
