import type { Figure } from '../../../kernel/figure.ts';
import type { PartFigure } from './measure-outcomes.ts';
import { finiteOrNull } from './window-report.ts';

/** Longest name of a slice in a picture. */
const PART_LENGTH = 40;

/** A metric day by day; parts are named by the milliseconds of their day. */
export function dayFigure(metric: string, days: readonly PartFigure[], bound: number | undefined): Figure {
  const sorted = [...days].sort((a, b) => Number(a.part) - Number(b.part));
  return {
    kind: 'line',
    title: `${metric} by day`,
    x: { label: 'day', scale: 'time' },
    y: { label: metric },
    series: [
      {
        name: metric,
        points: sorted.map(({ part, interval }) => [Number(part), finiteOrNull(interval.estimate)]),
        band: sorted
          .filter(({ interval }) => Number.isFinite(interval.low) && Number.isFinite(interval.high))
          .map(({ part, interval }) => [Number(part), interval.low, interval.high]),
      },
    ],
    ...thresholdOf(bound),
  };
}

/** A metric by slice, with intervals; numbers stand in their own order. */
export function slicesFigure(
  metric: string,
  by: string,
  parts: readonly PartFigure[],
  bound: number | undefined,
): Figure {
  const numbers = parts.every(({ part }) => part !== '' && Number.isFinite(Number(part)));
  const shown = numbers ? [...parts].sort((a, b) => Number(a.part) - Number(b.part)) : parts;
  return {
    kind: 'bars',
    title: `${metric} by ${by}`,
    x: { label: by },
    y: { label: metric },
    categories: shown.map(({ part }) => part.slice(0, PART_LENGTH)),
    series: [
      {
        name: metric,
        values: shown.map(({ interval }) => finiteOrNull(interval.estimate)),
        low: shown.map(({ interval }) => finiteOrNull(interval.low)),
        high: shown.map(({ interval }) => finiteOrNull(interval.high)),
      },
    ],
    ...thresholdOf(bound),
  };
}

function thresholdOf(bound: number | undefined) {
  return bound === undefined ? {} : { thresholds: [{ value: bound, label: 'bound' }] };
}
