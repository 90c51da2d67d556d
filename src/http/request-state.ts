import assert from 'node:assert/strict';
import type { FastifyRequest } from 'fastify';
import type { Route } from '../kernel/route.ts';
import type { RequestState } from './exchange.ts';
import type { PermissionEntry } from './permission-table.ts';

declare module 'fastify' {
  interface FastifyRequest {
    tend: RequestState | null;
  }
  interface FastifyContextConfig {
    entry?: PermissionEntry;
    refuse?: Route['refuse'];
    /** The body goes to the handler as it comes. */
    streams?: boolean;
  }
}

/** The state that the first hook gave a request. */
export function stateOf(request: FastifyRequest): RequestState {
  assert(request.tend !== null, 'a request reached its handler without passing the first hook');
  return request.tend;
}
