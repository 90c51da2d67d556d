import { formatShare } from '../format/number.ts';
import { CHART_MARGIN, Y_LABEL_HEIGHT, chartFrame, chartRoot } from './chart-frame.ts';
import { linearScale } from './linear-scale.ts';
import type { LinearScale } from './linear-scale.ts';
import { svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';

interface UnitSquareInput {
  readonly size: Size;
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** What is drawn inside, over the diagonal. */
  readonly inside: (x: LinearScale, y: LinearScale) => readonly SvgElement[];
}

/** Two shares against each other with the diagonal that separates luck from skill, or honest from not. */
export function unitSquareChart({ size, label, xLabel, yLabel, inside }: UnitSquareInput): SvgElement {
  const margin = { ...CHART_MARGIN, top: CHART_MARGIN.top + Y_LABEL_HEIGHT };
  const x = linearScale([0, 1], [margin.left, size.width - margin.right], { count: 4 });
  const y = linearScale([0, 1], [size.height - margin.bottom, margin.top], { count: 4 });
  return chartRoot(size, label, [
    ...chartFrame({ size, margin, x, y, xLabel, yLabel, xText: formatShare, yText: formatShare }),
    svg('line', { class: 'chart-diagonal', x1: x.at(0), y1: y.at(0), x2: x.at(1), y2: y.at(1) }),
    ...inside(x, y),
  ]);
}
