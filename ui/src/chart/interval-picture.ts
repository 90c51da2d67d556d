import type { JudgedCriterion } from '../evidence/criterion.ts';
import { extent, linearScale } from './linear-scale.ts';
import { px, svg } from './svg-element.ts';
import type { Size, SvgElement } from './svg-element.ts';

/** Room left at both ends, as a share of the span, so that a value on the bound is not on the edge. */
const PADDING = 0.18;

/**
 * A criterion at a glance: the part of the axis that holds it is shaded, the bound is a line, the interval a
 * bar with the value as a dot. Decorative: the numbers stand beside it in the table.
 */
export function intervalPicture(criterion: JudgedCriterion, size: Size): SvgElement {
  const { value, low, high, atLeast, atMost } = criterion;
  const [from, to] = extent([value, low, high, atLeast, atMost]);
  const pad = (to - from) * PADDING;
  const x = linearScale([from - pad, to + pad], [1, size.width - 1], { count: 2 });
  const middle = size.height / 2;
  const allowed: [number, number] = [atLeast ?? from - pad, atMost ?? to + pad];
  return svg(
    'svg',
    {
      class: `interval interval-${criterion.verdict}`,
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
      'aria-hidden': 'true',
    },
    [
      svg('line', { class: 'interval-axis', x1: 0, x2: size.width, y1: middle, y2: middle }),
      ...(atLeast === null && atMost === null
        ? []
        : [
            svg('rect', {
              class: 'interval-allowed',
              x: px(x.at(allowed[0])),
              y: 1,
              width: px(Math.max(0, x.at(allowed[1]) - x.at(allowed[0]))),
              height: size.height - 2,
            }),
          ]),
      ...[atLeast, atMost].flatMap((bound) =>
        bound === null
          ? []
          : [
              svg('line', {
                class: 'interval-bound',
                x1: px(x.at(bound)),
                x2: px(x.at(bound)),
                y1: 1,
                y2: size.height - 1,
              }),
            ],
      ),
      ...(low === null || high === null
        ? []
        : [
            svg('line', {
              class: 'interval-span',
              x1: px(x.at(low)),
              x2: px(x.at(high)),
              y1: middle,
              y2: middle,
            }),
          ]),
      ...(value === null
        ? []
        : [svg('circle', { class: 'interval-value', cx: px(x.at(value)), cy: middle, r: 4 })]),
    ],
  );
}
