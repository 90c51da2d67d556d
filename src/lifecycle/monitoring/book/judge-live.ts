import type { JudgedCriterion } from '../../../kernel/figure.ts';
import { type Criterion, resolveBound } from '../../problem/index.ts';
import { finiteOrNull, type WindowReport } from './window-report.ts';

/** A live figure with its 95 % interval; NaN where it is not defined. */
export interface LiveFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A criterion as live traffic meets it. */
export interface LiveJudgement {
  readonly verdict: WindowReport['verdict'];
  readonly judged: JudgedCriterion;
  readonly bound: number | undefined;
  /** Why it is open. */
  readonly reason: string | undefined;
}

/**
 * Holds a live figure against the bound of its criterion. It fails only where the whole interval lies on
 * the wrong side; between, and where something is missing, it is open. `test`: figures of the release's own
 * test rows, on which the bound may lean. `doubt`: why nothing can be said, if so.
 */
export function judgeLive(
  criterion: Criterion,
  figure: LiveFigure,
  test: Readonly<Record<string, number | null>>,
  doubt?: string,
): LiveJudgement {
  const figures = { test: test[criterion.metric] ?? Number.NaN };
  const resolved = resolveBound(criterion.at_least ?? criterion.at_most ?? Number.NaN, figures);
  const bound = resolved !== undefined && Number.isFinite(resolved) ? resolved : undefined;
  const { verdict, reason } = verdictOf(criterion, figure, bound, doubt);
  return {
    verdict,
    bound,
    reason,
    judged: {
      id: criterion.id,
      metric: criterion.metric,
      value: finiteOrNull(figure.value),
      low: finiteOrNull(figure.low),
      high: finiteOrNull(figure.high),
      bound:
        bound === undefined
          ? {}
          : criterion.at_least === undefined
            ? { at_most: bound }
            : { at_least: bound },
      verdict: verdict === 'open' ? 'waiting' : verdict,
      ...(criterion.metric.startsWith('latency_') ? { unit: 'ms' } : {}),
    },
  };
}

function verdictOf(
  criterion: Criterion,
  { value, low, high }: LiveFigure,
  bound: number | undefined,
  doubt: string | undefined,
): { readonly verdict: WindowReport['verdict']; readonly reason: string | undefined } {
  const open = (reason: string) => ({ verdict: 'open' as const, reason });
  if (doubt !== undefined) return open(doubt);
  if (!Number.isFinite(value)) return open(`${criterion.metric} is not defined on these rows`);
  if (bound === undefined) return open('the bound leans on a figure that the release does not have');
  const atLeast = criterion.at_least !== undefined;
  if (atLeast ? value >= bound : value <= bound) return { verdict: 'pass', reason: undefined };
  if (atLeast ? high < bound : low > bound) return { verdict: 'fail', reason: undefined };
  return open('beyond the bound, within what chance explains');
}

/** `roc_auc 0.652 (0.641 to 0.663), at least 0.684`. */
export function describeLive({ judged, bound }: LiveJudgement): string {
  const { metric, value, low, high, unit } = judged;
  const shown = (number: number): string => String(Number(number.toPrecision(4)));
  const of = unit === undefined ? '' : ` ${unit}`;
  const figure = value === null ? 'not measured' : `${shown(value)}${of}`;
  const interval =
    typeof low === 'number' && typeof high === 'number' ? ` (${shown(low)} to ${shown(high)})` : '';
  if (bound === undefined) return `${metric} ${figure}${interval}, its bound is not known`;
  const side = judged.bound.at_least === undefined ? 'at most' : 'at least';
  return `${metric} ${figure}${interval}, ${side} ${shown(bound)}${of}`;
}
