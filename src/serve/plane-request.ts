import type { PlaneReply } from './problem.ts';

/** A request to the data plane whose body is read; free of any listener's types. */
export interface PlaneRequest {
  readonly method: string;
  /** Request target: path and query as they came. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
  /** Whether the peer's address is a loopback one. */
  readonly fromLoopback: boolean;
  /** Monotonic milliseconds when the headers were read. */
  readonly startedAt: number;
}

/** Answers a request; calls `reply` once, now or later. */
export type PlaneHandler = (request: PlaneRequest, reply: (answer: PlaneReply) => void) => void;
