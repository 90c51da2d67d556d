import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/clock.ts';
import { TendError } from '../kernel/error.ts';
import { encodeTime } from '../kernel/id.ts';
import type { Policy, Principal } from '../kernel/policy.ts';
import { type BodyLimits, boundBody } from './bound-body.ts';
import { ANONYMOUS, type Caller } from './exchange.ts';
import type { PermissionEntry } from './permission-table.ts';
import { guardRequest } from './request-guard.ts';
import { stateOf } from './request-state.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** One answered request, for the histogram of durations. */
export interface Observation {
  readonly method: string;
  /** The path as declared, so that ids do not become labels; `none` where nothing answers. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

interface Surroundings {
  readonly authenticate: (caller: Caller) => Promise<Principal>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly observe?: (observation: Observation) => void;
  readonly limits: BodyLimits;
}

/**
 * What every request passes before its handler and before its body is read: an id, the security headers, the
 * check of Host and Origin, sign-in, permission.
 */
export function installHooks(app: FastifyInstance, around: Surroundings, hosts: ReadonlySet<string>): void {
  const { clock, policy } = around;
  let count = 0;
  app.decorateRequest('tend', null);
  app.addHook('onRequest', async (request, reply) => {
    count += 1;
    const id = `req_${encodeTime(clock.now())}${count.toString(36)}`;
    const abort = new AbortController();
    const startedMs = clock.monotonic();
    request.tend = { id, startedMs, principal: ANONYMOUS, abort };
    let mayStream = false;
    boundBody(request.raw, reply.raw, around.limits, () => mayStream);
    // Only where the client went away: an abort makes an error with its stack, 6 µs for every request.
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) abort.abort();
    });
    reply.headers(SECURITY_HEADERS).header('request-id', id);
    guardRequest(request.method, request.headers, hosts);
    const entry = request.routeOptions.config.entry;
    if (entry === undefined) return;
    const principal = await signIn(around, request, entry);
    request.tend = { id, startedMs, principal, abort };
    permit(policy, principal, entry);
    mayStream = request.routeOptions.config.streams === true;
  });
  app.addHook('onResponse', async (request, reply) => {
    around.observe?.({
      method: request.method,
      path: request.routeOptions.config.entry?.path ?? 'none',
      status: reply.statusCode,
      durationMs: clock.monotonic() - stateOf(request).startedMs,
    });
  });
}

/**
 * Wrong credentials do not close what is open to everyone: the page to sign in must load with a stale cookie.
 */
async function signIn(
  around: Surroundings,
  request: FastifyRequest,
  entry: PermissionEntry,
): Promise<Principal> {
  try {
    return await around.authenticate({ peer: request.ip, headers: request.headers });
  } catch (error) {
    if (entry.permission === 'public' && error instanceof TendError) return ANONYMOUS;
    throw error;
  }
}

function permit(policy: Policy, principal: Principal, entry: PermissionEntry): void {
  const { permission } = entry;
  if (permission === 'public' || policy.allows(principal, permission)) return;
  if (principal.kind === 'anonymous') {
    throw new TendError('NOT_SIGNED_IN', `${entry.method} ${entry.path} needs a sign-in`);
  }
  throw new TendError('NOT_ALLOWED', `${principal.name} lacks the permission ${permission}`, {
    hint: `Ask for a role or a token with the permission ${permission}.`,
  });
}
