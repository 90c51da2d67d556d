import type { RocFigure } from '../evidence/figure.ts';
import { formatNumber } from '../format/number.ts';
import { pathThrough, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';
import { unitSquareChart } from './unit-square-chart.ts';

/** True against false positive rate over all cut-offs. */
export function rocChart(figure: RocFigure, size: Size): SvgElement {
  const areas = figure.series.map((one) =>
    one.area === undefined ? one.name : `${one.name} has an area of ${formatNumber(one.area)}`,
  );
  return unitSquareChart({
    size,
    label: `${figure.title}. ${areas.join('; ')}.`,
    xLabel: 'False positive rate',
    yLabel: 'True positive rate',
    inside: (x, y) =>
      figure.series.map((one, index) =>
        svg('path', {
          class: `chart-line series-${index}`,
          d: pathThrough(one.points.map(([fpr, tpr]) => [x.at(fpr), y.at(tpr)])),
        }),
      ),
  });
}
