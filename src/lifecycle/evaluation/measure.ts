import type { Interval } from '../../learn/bootstrap.ts';
import { influenceInterval } from '../../learn/influence-interval.ts';
import { findMetric } from '../../learn/metrics/find-metric.ts';

/** What every model of a kind is measured by, whether or not a criterion asks for it. */
const STANDARD = {
  classification: ['roc_auc', 'average_precision', 'log_loss', 'brier', 'calibration_error'],
  regression: ['rmse', 'mae', 'r2'],
} as const;

/** Metrics with 95 % intervals, by name. */
export type Measurements = Readonly<Record<string, Interval>>;

/** The metric by which models of a kind are compared, sliced and explained. */
export function headMetric(kind: 'classification' | 'regression'): 'roc_auc' | 'rmse' {
  return STANDARD[kind][0];
}

/** The names to measure: the standard ones of the kind and those that criteria ask for. */
export function measuredMetrics(kind: 'classification' | 'regression', asked: readonly string[]): string[] {
  return [...new Set([...STANDARD[kind], ...asked])];
}

/** Measures scores against targets. */
export function measure(names: readonly string[], target: Float64Array, score: Float64Array): Measurements {
  return Object.fromEntries(names.map((name) => [name, influenceInterval(findMetric(name), target, score)]));
}
