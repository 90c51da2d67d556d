import { formatDuration } from '../../kernel/duration.ts';
import { durationMs } from '../../kernel/schema.ts';
import type { RetrainingSpec } from './spec.ts';
import { monthsBefore } from './window.ts';

/** A retraining that there was before, whatever came of it and however many candidates it had. */
export interface EarlierRetraining {
  /** Project clock at which it began, milliseconds UTC. */
  readonly at: number;
  readonly unfinished: boolean;
}

const DAY_MS = 86_400_000;

/**
 * Why a retraining may not begin at `at` (project clock), in words; null when it may. Cool-down and limit
 * count retrainings, not candidates. `limit: 2/month` looks back one month from `at`.
 */
export function triggerRefusal(
  spec: Pick<RetrainingSpec, 'cooldown' | 'limit'>,
  earlier: readonly EarlierRetraining[],
  at: number,
): string | null {
  if (earlier.some((one) => one.unfinished)) return 'a retraining is under way';
  const last = Math.max(...earlier.map((one) => one.at));
  if (spec.cooldown !== undefined && at - last < durationMs(spec.cooldown)) {
    return `the last retraining was ${formatDuration(roundedAge(at - last))} ago, cool-down ${spec.cooldown}`;
  }
  if (spec.limit === undefined) return null;
  const [amount = '', unit = ''] = spec.limit.split('/');
  const since = limitFrom(at, unit);
  const count = earlier.filter((one) => one.at > since).length;
  return count < Number(amount)
    ? null
    : `there were ${count} retrainings within a ${unit}, limit ${spec.limit}`;
}

function limitFrom(at: number, unit: string): number {
  if (unit === 'month') return monthsBefore(at, 1);
  return at - (unit === 'week' ? 7 : 1) * DAY_MS;
}

/** To hours: a cool-down is no matter of minutes. */
function roundedAge(ms: number): number {
  return ms < 3_600_000 ? ms : Math.floor(ms / 3_600_000) * 3_600_000;
}
