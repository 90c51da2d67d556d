import { TendError } from '../../kernel/error.ts';
import { averagePrecision } from './average-precision.ts';
import { calibrationError } from './calibration.ts';
import { accuracyAt, f1At, precisionAt, recallAt, THRESHOLD_DEFAULT } from './decision.ts';
import { logLoss } from './log-loss.ts';
import { mae } from './mae.ts';
import type { Metric } from './metric.ts';
import { r2 } from './r2.ts';
import { rocAuc } from './roc-auc.ts';
import { brier, rmse } from './squared-error.ts';

/** Every metric by name, those of decisions at the default threshold of 0.5. */
export const METRICS: readonly Metric[] = metricsAt(THRESHOLD_DEFAULT);

/** The names that a criterion may use. */
export const METRIC_NAMES: readonly string[] = METRICS.map((metric) => metric.name);

/**
 * The metric of this name; `threshold` is for those of decisions, others ignore it.
 *
 * @throws INVALID_INPUT when no metric has the name; the message lists those there are.
 */
export function findMetric(name: string, threshold: number = THRESHOLD_DEFAULT): Metric {
  const metric = metricsAt(threshold).find((candidate) => candidate.name === name);
  if (metric !== undefined) return metric;
  throw new TendError('INVALID_INPUT', `no metric is called \`${name}\``, {
    hint: `Use one of ${METRIC_NAMES.join(', ')}.`,
  });
}

function metricsAt(threshold: number): Metric[] {
  return [
    rocAuc,
    averagePrecision,
    logLoss,
    brier,
    calibrationError,
    accuracyAt(threshold),
    precisionAt(threshold),
    recallAt(threshold),
    f1At(threshold),
    rmse,
    mae,
    r2,
  ];
}
