import type { Metric } from '../../learn/metrics/metric.ts';
import { verdictOf } from './compare-candidates.ts';
import type { EffectLook } from './retraining-store.ts';

/** Looks at an effect at most: after the last one it is decided by the estimate. */
export const LOOKS_MAX = 4;

/** What a look leads to. `again`: too little is known, so it is looked at once more later. */
export type EffectDecision = 'keep' | 'roll-back' | 'again';

/**
 * Decides on the difference between the release that took over and the one before (new minus before, 95 %),
 * measured on the same live rows. Helped: kept. Harmed: rolled back. Zero inside: again, up to `LOOKS_MAX`
 * looks; after the last the sign of the estimate decides. Where a later version has taken over: kept.
 */
export function effectDecision(
  metric: Pick<Metric, 'direction'>,
  difference: { readonly estimate: number; readonly low: number; readonly high: number },
  look: { readonly number: number; readonly superseded: boolean },
): { readonly verdict: EffectLook['verdict']; readonly decision: EffectDecision } {
  // What was replaced already cannot come back: its successor's own effect is what is looked at from now on.
  if (look.superseded) return { verdict: 'superseded', decision: 'keep' };
  const verdict = verdictOf(metric, difference);
  if (verdict === 'better') return { verdict: 'helped', decision: 'keep' };
  if (verdict === 'worse') return { verdict: 'harmed', decision: 'roll-back' };
  if (look.number < LOOKS_MAX) return { verdict: 'open', decision: 'again' };
  const gain = metric.direction === 'higher' ? difference.estimate : -difference.estimate;
  return { verdict: 'open', decision: gain > 0 ? 'keep' : 'roll-back' };
}
