import type { JsonObject } from '../../kernel/json.ts';
import type { Interval } from '../../learn/bootstrap.ts';
import type { Measurements } from './measure.ts';

/** NaN says "not defined" in figures; JSON has null for that. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** An interval as evidence keeps it. */
export function intervalJson({ estimate, low, high }: Interval): JsonObject {
  return { value: finite(estimate), low: finite(low), high: finite(high) };
}

/** Intervals by the name of their metric. */
export function intervalsJson(measurements: Measurements): JsonObject {
  return Object.fromEntries(
    Object.entries(measurements).map(([name, interval]) => [name, intervalJson(interval)]),
  );
}
