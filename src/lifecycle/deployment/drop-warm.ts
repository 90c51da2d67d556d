import { TendError } from '../../kernel/error.ts';
import type { Principal } from '../../kernel/policy.ts';
import { build } from '../../store/build.ts';
import { changeEndpoint, type EndpointContext, liveEndpoint } from './endpoint-change.ts';

/**
 * Takes a release away that stands warm at an endpoint: it is unloaded, and the endpoint cannot go back to
 * it. One that has no route there is left alone.
 * @throws NOT_FOUND; GONE for a retired endpoint; CONFLICT for a release with traffic, or when the endpoint
 *   was
 *   moved meanwhile
 */
export async function dropWarm(
  ctx: EndpointContext,
  input: { readonly endpoint: string; readonly releaseHash: string; readonly principal: Principal },
): Promise<void> {
  const { releaseHash, principal } = input;
  const endpoint = await liveEndpoint(ctx.db, input.endpoint);
  const route = endpoint.routes.find((one) => one.releaseHash === releaseHash);
  if (route === undefined) return;
  if (route.role !== 'warm') {
    throw new TendError(
      'CONFLICT',
      `version ${route.version} is not warm at ${endpoint.name}; it has traffic`,
    );
  }
  const ask = { endpoint: endpoint.name, reason: `version ${route.version} leaves`, principal };
  await changeEndpoint(ctx, endpoint, ask, {
    kind: 'warm-dropped',
    title: `${endpoint.name} keeps version ${route.version} warm no longer`,
    facts: { version: route.version, release: releaseHash },
    statements: [
      {
        query: build
          .deleteFrom('route')
          .where('endpoint', '=', endpoint.name)
          .where('release_hash', '=', releaseHash)
          .where('role', '=', 'warm'),
        expect: 1,
      },
    ],
  });
}
