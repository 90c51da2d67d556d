import type { JsonObject } from '../../../kernel/json.ts';

/** What one monitor saw in one window of event time. */
export interface WindowReport {
  /**
   * `drift`, `drift:<input>`, `drift:(score)`, `criterion:<id>`, `requests`, `outcomes`, `monitor:<name>`.
   */
  readonly monitor: string;
  /** Milliseconds UTC, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** `open`: too little is known to say; `body.reason` has why. */
  readonly verdict: 'pass' | 'fail' | 'open';
  /** The leading figure, with its 95 % interval where there is one, and the bound that it is held to. */
  readonly value: number | null;
  readonly low?: number;
  readonly high?: number;
  readonly bound?: number;
  /** Hash of the release that it is about; null where it is about none. */
  readonly release: string | null;
  readonly title: string;
  readonly body: JsonObject;
}

/** A stretch of event time, milliseconds UTC, `to` exclusive. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** NaN says "not defined" in figures; JSON has null for that. */
export function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
