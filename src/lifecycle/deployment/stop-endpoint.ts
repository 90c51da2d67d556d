import { changeEndpoint, type EndpointAsk, type EndpointContext, liveEndpoint } from './endpoint-change.ts';
import { endpointBody } from './endpoint-store.ts';

/** Whether an endpoint answers now. */
export interface EndpointState {
  readonly endpoint: string;
  readonly state: 'serving' | 'stopped';
}

/**
 * Lets an endpoint refuse every request with 503 and the reason, until it is resumed; its routes stay.
 * Stopping a stopped one for the same reason changes nothing.
 * @throws NOT_FOUND, GONE; CONFLICT when it was moved meanwhile
 */
export async function stopEndpoint(ctx: EndpointContext, ask: EndpointAsk): Promise<EndpointState> {
  const endpoint = await liveEndpoint(ctx.db, ask.endpoint);
  const body = endpointBody(endpoint);
  if (endpoint.state === 'stopped' && body.reason === ask.reason) {
    return { endpoint: ask.endpoint, state: 'stopped' };
  }
  await changeEndpoint(ctx, endpoint, ask, {
    kind: 'stopped',
    title: `${ask.endpoint} is stopped`,
    state: 'stopped',
    body: { ...body, reason: ask.reason },
  });
  return { endpoint: ask.endpoint, state: 'stopped' };
}

/** Lets a stopped endpoint answer again; one that answers is left alone. @throws as `stopEndpoint` */
export async function resumeEndpoint(ctx: EndpointContext, ask: EndpointAsk): Promise<EndpointState> {
  const endpoint = await liveEndpoint(ctx.db, ask.endpoint);
  if (endpoint.state === 'serving') return { endpoint: ask.endpoint, state: 'serving' };
  const { reason: _, ...body } = endpointBody(endpoint);
  await changeEndpoint(ctx, endpoint, ask, {
    kind: 'resumed',
    title: `${ask.endpoint} answers again`,
    state: 'serving',
    body,
  });
  return { endpoint: ask.endpoint, state: 'serving' };
}
