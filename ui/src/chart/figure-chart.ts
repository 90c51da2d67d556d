import type { Figure } from '../evidence/figure.ts';
import { barChart } from './bar-chart.ts';
import { histogramChart } from './histogram-chart.ts';
import { lineChart } from './line-chart.ts';
import { reliabilityChart } from './reliability-chart.ts';
import { rocChart } from './roc-chart.ts';
import type { SvgElement } from './svg-element.ts';

/** Square charts stop growing here: wider ones carry no more. */
const SQUARE_MAX = 380;
const WIDE_HEIGHT = 220;

/** The drawing of a figure at a width in pixels; the height follows from its kind. */
export function figureChart(figure: Figure, width: number): SvgElement {
  const square = Math.min(width, SQUARE_MAX);
  switch (figure.kind) {
    case 'line':
      return lineChart(figure, width);
    case 'histogram':
      return histogramChart(figure, { width, height: WIDE_HEIGHT });
    case 'bars':
      return barChart(figure, width);
    case 'reliability':
      return reliabilityChart(figure, { width: square, height: square * 0.88 });
    case 'roc':
      return rocChart(figure, { width: square, height: square * 0.88 });
  }
}
