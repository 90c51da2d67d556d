import { z } from 'zod';
import { columnText, durationText, nameText } from '../../kernel/schema.ts';
import { parseBound } from './bound.ts';

/** Metrics of predictions against outcomes; `learn/metrics` computes each under the same name. */
export const OUTCOME_METRICS = [
  'roc_auc',
  'average_precision',
  'log_loss',
  'brier',
  'calibration_error',
  'accuracy',
  'precision',
  'recall',
  'f1',
  'rmse',
  'mae',
  'r2',
] as const;

/** Metrics over groups of rows. */
export const GROUP_METRICS = [
  'disparate_impact',
  'demographic_parity_difference',
  'equalized_odds_difference',
] as const;

/** Metrics of the service, measured in the real serving process or live. */
export const SERVICE_METRICS = ['latency_p50', 'latency_p99', 'error_rate'] as const;

/** The bound of a criterion: a number, `50ms`, `0.1%`, or relative: `baseline + 0.03`, `test - 0.02`. */
export const boundText = z.union([
  z.number(),
  z.string().refine((text) => parseBound(text) !== undefined, {
    message: 'expected a number, a percentage, a duration, or baseline/test/champion + or - a number',
  }),
]);

/**
 * A measurable promise with an id, declared once; gates, monitors, guards and the model card refer to it.
 * `on: test` is judged by evaluation, group and service metrics by testing, `live: true` by monitoring.
 */
export const criterionSpec = z
  .strictObject({
    id: nameText.describe('What gates, monitors and guards refer to.'),
    metric: z.enum([...OUTCOME_METRICS, ...GROUP_METRICS, ...SERVICE_METRICS]),
    at_least: boundText.exactOptional(),
    at_most: boundText.exactOptional(),
    on: z.literal('test').exactOptional().describe('Judged on the held-out test window.'),
    by: columnText.exactOptional().describe('The feature that makes the groups.'),
    min_rows: z.int().min(1).exactOptional().describe('Groups with fewer rows are not judged.'),
    selected: z
      .string()
      .regex(/^score\s*(>=|>|<=|<)\s*-?\d+(\.\d+)?$/, 'expected score >= 0.3 or the like')
      .exactOptional()
      .describe('When a row counts as selected.'),
    over: durationText.exactOptional().describe('The window of a live criterion, in event time.'),
    live: z.boolean().exactOptional().describe('Judged on live traffic.'),
  })
  .refine((criterion) => (criterion.at_least === undefined) !== (criterion.at_most === undefined), {
    message: 'expected exactly one of at_least and at_most',
  });

export type Criterion = z.output<typeof criterionSpec>;

/** Where a criterion is judged; each is judged in exactly one place before a model goes live. */
export function judgedBy(criterion: Criterion): 'evaluation' | 'testing' | 'monitoring' {
  if (criterion.live === true) return 'monitoring';
  return (OUTCOME_METRICS as readonly string[]).includes(criterion.metric) ? 'evaluation' : 'testing';
}
