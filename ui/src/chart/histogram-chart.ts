import type { HistogramFigure } from '../evidence/figure.ts';
import { axisFormat, axisLabel } from './axis-format.ts';
import { CHART_MARGIN, Y_LABEL_HEIGHT, chartFrame, chartRoot } from './chart-frame.ts';
import { extent, linearScale } from './linear-scale.ts';
import { pathThrough, px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';

/**
 * Counts between edges. The first series is filled, further ones are outlines over it, so none hides
 * another.
 */
export function histogramChart(figure: HistogramFigure, size: Size): SvgElement {
  const margin = { ...CHART_MARGIN, top: CHART_MARGIN.top + Y_LABEL_HEIGHT };
  const xDomain = extent(figure.edges);
  const yDomain = extent([0, ...figure.series.flatMap((one) => one.counts)]);
  const x = linearScale(xDomain, [margin.left, size.width - margin.right], {
    count: size.width > 420 ? 6 : 4,
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
    ...figure.series.flatMap((one, index) =>
      index === 0
        ? filled(figure.edges, one.counts, x.at, y.at)
        : [outline(figure.edges, one.counts, index, x.at, y.at)],
    ),
  ]);
}

type Place = (value: number) => number;

function bins(edges: readonly number[], counts: readonly number[]): [number, number, number][] {
  return counts.flatMap((count, bin) => {
    const from = edges[bin];
    const to = edges[bin + 1];
    return from === undefined || to === undefined ? [] : [[from, to, count] as [number, number, number]];
  });
}

function filled(edges: readonly number[], counts: readonly number[], x: Place, y: Place): SvgElement[] {
  return bins(edges, counts).map(([from, to, count]) =>
    svg('rect', {
      class: 'chart-bar series-0',
      x: px(x(from) + 0.5),
      y: px(y(count)),
      width: px(Math.max(0.5, x(to) - x(from) - 1)),
      height: px(Math.max(0, y(0) - y(count))),
    }),
  );
}

function outline(
  edges: readonly number[],
  counts: readonly number[],
  index: number,
  x: Place,
  y: Place,
): SvgElement {
  const steps = bins(edges, counts).flatMap(([from, to, count]): [number, number][] => [
    [x(from), y(count)],
    [x(to), y(count)],
  ]);
  return svg('path', { class: `chart-line series-${index}`, d: pathThrough(steps) });
}

function summary(figure: HistogramFigure): string {
  const text = axisFormat(figure.x);
  const modes = figure.series.map((one) => {
    const mode = one.counts.indexOf(Math.max(...one.counts));
    const [from = 0, to = 0] = figure.edges.slice(mode, mode + 2);
    return `${one.name} is most frequent from ${text(from)} to ${text(to)}`;
  });
  return `${figure.title}. ${modes.join('; ')}.`;
}
