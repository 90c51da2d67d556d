import type { TendError } from './error.ts';
import type { Permission } from './permission.ts';
import type { Principal } from './policy.ts';

/** What a route's handler is given. Free of any framework's types, so that any listener can carry it. */
export interface RouteRequest {
  readonly method: string;
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The whole body; empty where the route takes it as a stream. */
  readonly body: Uint8Array;
  /** The body as it comes, for a route that `streams`. Whoever reads it counts: no limit is applied. */
  readonly stream?: AsyncIterable<Uint8Array>;
  readonly principal: Principal;
  readonly signal: AbortSignal;
}

/** What a route answers. A body that is iterated is sent as it comes. */
export interface RouteResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** A route of a foreign protocol or a page, in the same permission table as the operations. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, with `{name}` for a parameter and a trailing `*` for the rest of the path. */
  readonly path: string;
  readonly permission: Permission;
  readonly bodyBytesMax: number;
  readonly handler: (request: RouteRequest) => Promise<RouteResponse>;
  /** Hand the body over as it comes: for files that do not fit into memory. */
  readonly streams?: true;
  /**
   * How the protocol says no, whoever says it: the handler, the permission table or the listener. Without it
   * a refusal is a problem (RFC 9457). A route with it is described by its protocol, not by our OpenAPI.
   */
  readonly refuse?: (error: TendError) => RouteResponse;
}
