import type { JudgedCriterion } from '../../kernel/figure.ts';
import { type Criterion, judge, resolveBound } from '../problem/index.ts';
import type { RolloutCounts } from './rollout-store.ts';

/** What the guards say of a candidate's own traffic so far. */
export interface GuardVerdict {
  /** `fail`: a guard cannot hold any more. `open`: too few predictions to say. */
  readonly verdict: 'pass' | 'fail' | 'open';
  readonly judged: readonly JudgedCriterion[];
}

/**
 * Holds the guards against the candidate's counts. A guard on errors fails as soon as the errors seen exceed
 * what `bake` predictions may have at most; it passes only when all of them were served.
 */
export function judgeGuards(guards: readonly Criterion[], counts: RolloutCounts, bake: number): GuardVerdict {
  const served = counts.predictions + counts.errors;
  const judged = guards.map((guard) =>
    judge(guard, { value: served === 0 ? Number.NaN : counts.errors / served }),
  );
  const spent = guards.some((guard) => {
    const bound = resolveBound(guard.at_most ?? Number.NaN, {});
    return bound !== undefined && counts.errors > bound * bake;
  });
  if (spent) return { verdict: 'fail', judged };
  if (counts.predictions < bake) return { verdict: 'open', judged };
  return { verdict: judged.every((one) => one.verdict === 'pass') ? 'pass' : 'fail', judged };
}
