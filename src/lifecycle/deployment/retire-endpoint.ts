import { TendError } from '../../kernel/error.ts';
import { build } from '../../store/build.ts';
import { changeEndpoint, type EndpointAsk, type EndpointContext, liveEndpoint } from './endpoint-change.ts';
import { runningRollouts } from './rollout-store.ts';

/**
 * Retires an endpoint for good: its routes go, and whoever asks is answered 410 with the successor. What it
 * served is archived before, by whoever calls this; a retired one is left alone.
 * @throws NOT_FOUND; CONFLICT while a rollout runs there, or when it was moved meanwhile
 */
export async function retireEndpoint(
  ctx: EndpointContext,
  ask: EndpointAsk & { readonly successor: string | null },
): Promise<void> {
  const { successor } = ask;
  const endpoint = await liveEndpoint(ctx.db, ask.endpoint).catch((error: unknown) => {
    if (error instanceof TendError && error.code === 'GONE') return undefined;
    throw error;
  });
  if (endpoint === undefined) return;
  if ((await runningRollouts(ctx.db, ask.endpoint)).length > 0) {
    throw new TendError('CONFLICT', `a rollout runs at ${ask.endpoint}`, {
      hint: 'Let it end, or roll it back.',
    });
  }
  await changeEndpoint(ctx, endpoint, ask, {
    kind: 'retired',
    title: `${ask.endpoint} is retired`,
    facts: { successor, versions: endpoint.routes.map((route) => route.version) },
    state: 'retired',
    body: { reason: ask.reason, retiredAt: ctx.clock.now(), ...(successor === null ? {} : { successor }) },
    statements: [{ query: build.deleteFrom('route').where('endpoint', '=', ask.endpoint) }],
  });
}
