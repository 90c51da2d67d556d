import type { LineFigure } from '../evidence/figure.ts';
import { axisFormat, axisLabel } from './axis-format.ts';
import { CHART_MARGIN, Y_LABEL_HEIGHT, chartFrame, chartRoot, thresholdLines } from './chart-frame.ts';
import { extent, linearScale } from './linear-scale.ts';
import type { LinearScale } from './linear-scale.ts';
import { LANES_MARGIN, lanesHeight, markLanes, marksSummary } from './mark-lanes.ts';
import { pathThrough, px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';
import { timeTicks } from './time-ticks.ts';

/** Points are marked as dots only while they can be told apart. */
const DOTS_MAX = 24;

/** The plot never shrinks below this, whatever stands beneath it. */
const PLOT_HEIGHT = 220;
/** Above this width a picture is the page's own and may be higher. */
const WIDE = 700;
const PLOT_HEIGHT_WIDE = 320;

/** Values over a number or time; bands behind the lines, bounds across them, marks upright through them. */
export function lineChart(figure: LineFigure, width: number): SvgElement {
  const marks = figure.marks ?? [];
  const lanes = lanesHeight(marks);
  const size: Size = { width, height: (width > WIDE ? PLOT_HEIGHT_WIDE : PLOT_HEIGHT) + lanes };
  const margin = {
    ...CHART_MARGIN,
    top: CHART_MARGIN.top + Y_LABEL_HEIGHT,
    left: lanes > 0 ? LANES_MARGIN : CHART_MARGIN.left,
  };
  const right = size.width - margin.right;
  const bottom = size.height - margin.bottom - lanes;
  const { x, text } = across(figure, [margin.left, right]);
  const y = linearScale(heights(figure), [bottom, margin.top], { count: 4, round: true });
  return chartRoot(size, summary(figure), [
    ...chartFrame({
      size,
      margin,
      x,
      y,
      xLabel: axisLabel(figure.x),
      yLabel: axisLabel(figure.y),
      xText: text,
      yText: axisFormat(figure.y),
      columns: figure.x.scale === 'time',
    }),
    ...markLanes({ marks, x, xText: axisFormat(figure.x), top: margin.top, bottom, left: margin.left }),
    ...figure.series.flatMap((one, index) => [
      ...bandRuns(one).map((run) => bandArea(run, index, x.at, y.at)),
      svg('path', {
        class: `chart-line series-${index}`,
        d: pathThrough(one.points.map(([at, value]) => (value === null ? null : [x.at(at), y.at(value)]))),
      }),
      ...dots(one.points, index, x.at, y.at),
    ]),
    ...thresholdLines(figure.thresholds ?? [], y, margin.left, right),
  ]);
}

/** The x axis, wide enough for points and marks; a time axis has the ticks of the calendar. */
function across(
  figure: LineFigure,
  range: readonly [number, number],
): { readonly x: LinearScale; readonly text: (value: number) => string } {
  const places = figure.series.flatMap((one) => one.points.map(([at]) => at));
  const domain = extent([...places, ...(figure.marks ?? []).map(({ at }) => at)]);
  const width = range[1] - range[0];
  const x = linearScale(domain, range, { count: width > 360 ? 5 : 3 });
  if (figure.x.scale !== 'time') return { x, text: axisFormat(figure.x, domain[1] - domain[0]) };
  const { ticks, text } = timeTicks(domain[0], domain[1], width);
  return { x: { ...x, ticks }, text };
}

function heights(figure: LineFigure): [number, number] {
  return extent([
    ...figure.series.flatMap((one) => one.points.map(([, value]) => value)),
    ...figure.series.flatMap((one) => (one.band ?? []).flatMap(([, low, high]) => [low, high])),
    ...(figure.thresholds ?? []).map(({ value }) => value),
  ]);
}

type Place = (value: number) => number;

type Band = readonly (readonly [number, number, number])[];

/** The band in pieces: a gap of the line is one of its interval too. */
function bandRuns({ points, band = [] }: LineFigure['series'][number]): readonly Band[] {
  const gaps = points.flatMap(([at, value]) => (value === null ? [at] : []));
  const runs: [number, number, number][][] = [];
  let before = -Infinity;
  for (const [at, low, high] of band) {
    const broken = gaps.some((gap) => gap > before && gap < at);
    if (broken || runs.length === 0) runs.push([]);
    runs.at(-1)?.push([at, low, high]);
    before = at;
  }
  return runs;
}

function bandArea(band: Band, index: number, x: Place, y: Place): SvgElement {
  const upper = band.map(([at, , high]): [number, number] => [x(at), y(high)]);
  const lower = band.map(([at, low]): [number, number] => [x(at), y(low)]).reverse();
  return svg('path', { class: `chart-band series-${index}`, d: `${pathThrough([...upper, ...lower])}Z` });
}

/** All points where they are few; else only those that no line reaches. */
function dots(
  points: LineFigure['series'][number]['points'],
  index: number,
  x: Place,
  y: Place,
): SvgElement[] {
  const known = (place: number): boolean => typeof points[place]?.[1] === 'number';
  return points.flatMap(([at, value], place) =>
    value === null || (points.length > DOTS_MAX && (known(place - 1) || known(place + 1)))
      ? []
      : [svg('circle', { class: `chart-dot series-${index}`, cx: px(x(at)), cy: px(y(value)), r: 2.5 })],
  );
}

/** What the picture says in words: title, the last value of each series, and what is marked. */
function summary(figure: LineFigure): string {
  const text = axisFormat(figure.y);
  const last = figure.series.map((one) => {
    const value = one.points.findLast(([, known]) => known !== null)?.[1];
    return `${one.name} ends at ${value === null || value === undefined ? 'no value' : text(value)}`;
  });
  const marked = marksSummary(figure.marks ?? []);
  return `${figure.title}. ${last.join('; ')}.${marked === '' ? '' : ` Marked: ${marked}.`}`;
}
