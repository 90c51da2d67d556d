import type { JudgedCriterion } from '../../kernel/figure.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { resolveBound } from './bound.ts';
import type { Criterion } from './criterion.ts';

/** Figures that a bound may lean on, of the criterion's own metric. */
export type LeaningFigures = Readonly<Partial<Record<'baseline' | 'test' | 'champion', number>>>;

/** What was measured; an interval (95 %) where one is computed. */
export interface Measured {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/**
 * Holds a measured value against the bound of a criterion. A value that is missing or not a number fails,
 * and so does a bound that leans on a figure nobody has: a gate never passes on what was not measured.
 * Bounds are inclusive.
 */
export function judge(
  criterion: Criterion,
  measured: Measured,
  figures: LeaningFigures = {},
): JudgedCriterion {
  const declared = criterion.at_least ?? criterion.at_most ?? Number.NaN;
  const bound = resolveBound(declared, figures);
  const { value, low, high } = measured;
  const known = Number.isFinite(value);
  const atLeast = criterion.at_least !== undefined;
  const holds = known && bound !== undefined && (atLeast ? value >= bound : value <= bound);
  return {
    id: criterion.id,
    metric: criterion.metric,
    value: known ? value : null,
    ...(low === undefined || !Number.isFinite(low) ? {} : { low }),
    ...(high === undefined || !Number.isFinite(high) ? {} : { high }),
    bound: bound === undefined ? {} : atLeast ? { at_least: bound } : { at_most: bound },
    verdict: holds ? 'pass' : 'fail',
    ...(criterion.metric.startsWith('latency_') ? { unit: 'ms' } : {}),
  };
}

/** `roc_auc 0.64, at least 0.66`: a judged criterion in a line. */
export function describeJudgement(judged: JudgedCriterion): string {
  const value = judged.value === null ? 'not measured' : String(Number(judged.value.toPrecision(4)));
  const { at_least: atLeast, at_most: atMost } = judged.bound;
  if (atLeast !== undefined) return `${judged.metric} ${value}, at least ${Number(atLeast.toPrecision(4))}`;
  if (atMost !== undefined) return `${judged.metric} ${value}, at most ${Number(atMost.toPrecision(4))}`;
  return `${judged.metric} ${value}, its bound is not known`;
}

/** Judged criteria as JSON, the `criteria` of an evidence body. */
export function judgementsJson(judgements: readonly JudgedCriterion[]): JsonObject[] {
  return judgements.map((judged) => ({ ...judged }));
}
