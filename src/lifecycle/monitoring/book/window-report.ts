import type { JsonObject } from '../../../kernel/json.ts';

/** What one monitor saw in one window of event time. */
export interface WindowReport {
  /** `drift`, `drift:<input>`, `criterion:<id>`, `requests`, `outcomes`. */
  readonly monitor: string;
  /** Milliseconds UTC, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** `open`: too little is known to say. */
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
