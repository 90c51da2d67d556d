import type { Principal } from '../kernel/policy.ts';
import type { Headers } from './request-guard.ts';

/** Who calls, before it is known who that is: what a sign-in is decided on. */
export interface Caller {
  /** Address of the other end of the connection, as the socket tells it. */
  readonly peer: string;
  readonly headers: Headers;
}

/** What an operation may see of, and say to, HTTP: sign-in needs a cookie; nothing else should need it. */
export interface Exchange extends Caller {
  readonly setHeader: (name: string, value: string) => void;
}

/** What the listener knows of a request while it answers it. */
export interface RequestState {
  readonly id: string;
  readonly startedMs: number;
  readonly principal: Principal;
  /** Aborts when the client goes away before the reply is complete. */
  readonly abort: AbortController;
}

/** Nobody in particular. */
export const ANONYMOUS: Principal = { kind: 'anonymous', id: 'anonymous', name: 'anonymous', roles: [] };
