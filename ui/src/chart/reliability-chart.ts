import type { ReliabilityBin, ReliabilityFigure } from '../evidence/figure.ts';
import { formatShare } from '../format/number.ts';
import type { LinearScale } from './linear-scale.ts';
import { pathThrough, px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';
import { unitSquareChart } from './unit-square-chart.ts';

const RADIUS_MIN = 2.5;
const RADIUS_MAX = 6;

/** Predicted probability against observed share; the area of a dot grows with the rows in its bin. */
export function reliabilityChart(figure: ReliabilityFigure, size: Size): SvgElement {
  return unitSquareChart({
    size,
    label: summary(figure),
    xLabel: 'Predicted probability',
    yLabel: 'Observed share',
    inside: (x, y) => figure.series.flatMap((one, index) => curve(one.bins, index, x, y)),
  });
}

function curve(bins: readonly ReliabilityBin[], index: number, x: LinearScale, y: LinearScale): SvgElement[] {
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  return [
    ...bins.flatMap((bin) =>
      bin.low === undefined || bin.high === undefined
        ? []
        : [
            svg('line', {
              class: 'chart-whisker',
              x1: px(x.at(bin.predicted)),
              x2: px(x.at(bin.predicted)),
              y1: px(y.at(bin.low)),
              y2: px(y.at(bin.high)),
            }),
          ],
    ),
    svg('path', {
      class: `chart-line series-${index}`,
      d: pathThrough(bins.map((bin) => [x.at(bin.predicted), y.at(bin.observed)])),
    }),
    ...bins.map((bin) =>
      svg('circle', {
        class: `chart-dot series-${index}`,
        cx: px(x.at(bin.predicted)),
        cy: px(y.at(bin.observed)),
        r: px(RADIUS_MIN + (RADIUS_MAX - RADIUS_MIN) * Math.sqrt(bin.count / most)),
      }),
    ),
  ];
}

/** Names the bin that is furthest off: the one a reader should look at. */
function summary(figure: ReliabilityFigure): string {
  const worst = figure.series.map((one) => {
    const [first, ...rest] = one.bins;
    if (first === undefined) return `${one.name} has no bins`;
    const gap = (bin: ReliabilityBin): number => Math.abs(bin.observed - bin.predicted);
    const bin = rest.reduce((far, next) => (gap(next) > gap(far) ? next : far), first);
    const [predicted, observed] = [formatShare(bin.predicted), formatShare(bin.observed)];
    return `${one.name} is furthest off where ${predicted} was predicted and ${observed} came`;
  });
  return `${figure.title}. ${worst.join('; ')}.`;
}
