import type { z } from 'zod';
import { valueText } from '../document/fact-parts.ts';
import type { judgedBody } from './evidence-bodies.ts';

/** `0.7039 (0.7001 to 0.7085)`: a value with its interval, or nothing. */
export function figureText(figure: {
  readonly value?: number | null | undefined;
  readonly low?: number | null | undefined;
  readonly high?: number | null | undefined;
}): string | null {
  const { value, low, high } = figure;
  if (value === null || value === undefined) return null;
  if (low === null || low === undefined || high === null || high === undefined) return valueText(value);
  return `${valueText(value)} (${valueText(low)} to ${valueText(high)})`;
}

/** Columns of `criterionRow`. */
export const CRITERION_COLUMNS = ['criterion', 'metric', 'value (interval)', 'bound', 'verdict'] as const;

/** A judged criterion as a row of a table. */
export function criterionRow(judged: z.output<typeof judgedBody>): (string | null)[] {
  const { at_least: atLeast, at_most: atMost } = judged.bound;
  const bound =
    atLeast !== undefined
      ? `at least ${valueText(atLeast)}`
      : atMost !== undefined
        ? `at most ${valueText(atMost)}`
        : null;
  const unit = judged.unit === undefined ? '' : ` ${judged.unit}`;
  const value = figureText(judged);
  const metric = judged.slice === undefined ? judged.metric : `${judged.metric} on ${judged.slice}`;
  return [judged.id, metric, value === null ? null : `${value}${unit}`, bound, judged.verdict];
}
