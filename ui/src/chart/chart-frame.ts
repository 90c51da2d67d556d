import type { LinearScale } from './linear-scale.ts';
import { px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';

/** Pixels around the plot: room for tick labels and axis names. */
export interface Margin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export const CHART_MARGIN: Margin = { top: 10, right: 14, bottom: 40, left: 52 };

interface FrameInput {
  readonly size: Size;
  readonly margin: Margin;
  readonly x: LinearScale;
  readonly y: LinearScale;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  /** True: the ticks of x have lines of their own through the plot, as months do. */
  readonly columns?: boolean;
}

/**
 * Height of the line that names the y axis, above the plot: horizontal text is read faster than turned
 * text.
 */
export const Y_LABEL_HEIGHT = 18;

/** Grid, ticks and names of two numeric axes. */
export function chartFrame(input: FrameInput): SvgElement[] {
  const { size, margin, x, y } = input;
  const bottom = size.height - margin.bottom;
  const right = size.width - margin.right;
  const rows = y.ticks.flatMap((tick) => {
    const at = px(y.at(tick));
    return [
      svg('line', { class: 'chart-grid', x1: margin.left, x2: right, y1: at, y2: at }),
      svg('text', { class: 'chart-tick', x: margin.left - 8, y: at + 3.5, 'text-anchor': 'end' }, [
        input.yText(tick),
      ]),
    ];
  });
  const columns = x.ticks.flatMap((tick) => {
    const at = px(x.at(tick));
    return [
      ...(input.columns === true
        ? [svg('line', { class: 'chart-grid', x1: at, x2: at, y1: margin.top, y2: bottom + 4 })]
        : []),
      svg('text', { class: 'chart-tick', x: at, y: bottom + 16, 'text-anchor': 'middle' }, [
        input.xText(tick),
      ]),
    ];
  });
  return [
    ...rows,
    ...columns,
    svg('line', { class: 'chart-axis', x1: margin.left, x2: right, y1: bottom, y2: bottom }),
    svg('text', { class: 'chart-name', x: right, y: size.height - 6, 'text-anchor': 'end' }, [input.xLabel]),
    svg('text', { class: 'chart-name', x: 0, y: 12, 'text-anchor': 'start' }, [input.yLabel]),
  ];
}

/** The outer element; `label` is what a screen reader says for the picture. */
export function chartRoot(size: Size, label: string, children: readonly SvgElement[]): SvgElement {
  return svg(
    'svg',
    {
      class: 'chart',
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
      role: 'img',
      'aria-label': label,
      xmlns: 'http://www.w3.org/2000/svg',
    },
    children,
  );
}

/** Horizontal lines at bounds, each with its label at the right end. */
export function thresholdLines(
  thresholds: readonly { readonly value: number; readonly label: string }[],
  y: LinearScale,
  from: number,
  to: number,
): SvgElement[] {
  return thresholds.flatMap(({ value, label }) => {
    const at = px(y.at(value));
    return [
      svg('line', { class: 'chart-bound', x1: from, x2: to, y1: at, y2: at }),
      svg('text', { class: 'chart-bound-name', x: to, y: at - 5, 'text-anchor': 'end' }, [label]),
    ];
  });
}
