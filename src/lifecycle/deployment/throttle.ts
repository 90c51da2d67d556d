import { TendError } from '../../kernel/error.ts';
import { changeEndpoint, type EndpointAsk, type EndpointContext, liveEndpoint } from './endpoint-change.ts';
import { endpointBody } from './endpoint-store.ts';

/** Predictions a second that an endpoint takes; null: all. */
export interface EndpointRate {
  readonly endpoint: string;
  readonly perSecond: number | null;
}

/**
 * Lets an endpoint take so many predictions a second and refuse others with 429. The same throttle again
 * changes nothing.
 * @throws NOT_FOUND, GONE; INVALID_INPUT for a rate that is none; CONFLICT when it was moved meanwhile
 */
export async function throttle(
  ctx: EndpointContext,
  ask: EndpointAsk & { readonly perSecond: number },
): Promise<EndpointRate> {
  const { perSecond } = ask;
  if (!(perSecond > 0 && perSecond <= 1e9)) {
    throw new TendError('INVALID_INPUT', `expected a rate above 0 a second, came ${perSecond}`);
  }
  const endpoint = await liveEndpoint(ctx.db, ask.endpoint);
  const body = endpointBody(endpoint);
  const done = { endpoint: ask.endpoint, perSecond };
  if (body.throttle?.perSecond === perSecond) return done;
  await changeEndpoint(ctx, endpoint, ask, {
    kind: 'throttled',
    title: `${ask.endpoint} takes ${perSecond} predictions a second at most`,
    facts: { per_second: perSecond },
    body: { ...body, throttle: { perSecond } },
  });
  return done;
}

/** Takes the throttle away, where there is one. @throws as `throttle` */
export async function unthrottle(ctx: EndpointContext, ask: EndpointAsk): Promise<EndpointRate> {
  const endpoint = await liveEndpoint(ctx.db, ask.endpoint);
  const { throttle: present, ...body } = endpointBody(endpoint);
  const done = { endpoint: ask.endpoint, perSecond: null };
  if (present === undefined) return done;
  await changeEndpoint(ctx, endpoint, ask, {
    kind: 'unthrottled',
    title: `${ask.endpoint} takes what comes`,
    body,
  });
  return done;
}
