import { isDeeperThan, JSON_DEPTH_MAX } from '../../kernel/json-depth.ts';
import type { Permission } from '../../kernel/permission.ts';
import type { Route, RouteRequest, RouteResponse } from '../../kernel/route.ts';
import type { Message } from './codec/message.ts';
import type { MlflowContext, MlflowPorts } from './mlflow-context.ts';
import { invalid, mlflowRefusal } from './mlflow-error.ts';

/** One call of the protocol. What lists them is the one table: a call without a permission is no call. */
export interface Rpc<I> {
  readonly method: Route['method'];
  /** Below the prefix: `/mlflow/runs/create`; `{name}` for a parameter, which the input declares too. */
  readonly path: string;
  /** Of the prefix: `/api/2.0`. */
  readonly since: '2.0' | '3.0';
  readonly permission: Permission;
  readonly input: Message<I>;
  /** Largest body; 1 MB without it, as MLflow limits its batches. */
  readonly bodyBytesMax?: number;
  /**
   * The answer: members that are null or empty lists are left out, as unset fields are. A text is JSON that
   * is spelled already, for answers of thousands of members.
   */
  readonly handler: (ctx: MlflowContext, input: I) => Promise<object | string | undefined>;
}

/** A call with its types checked, as tables of calls hold it. */
export interface AnyRpc extends Omit<Rpc<never>, 'input' | 'handler'> {
  readonly answer: (ctx: MlflowContext, request: RouteRequest) => Promise<object | string | undefined>;
}

/** Largest body of a call that says nothing else. */
export const BODY_BYTES_MAX = 1_000_000;

/** Declares a call. */
export function rpc<I>(declared: Rpc<I>): AnyRpc {
  const { input, handler, ...rest } = declared;
  const reads = declared.method === 'GET';
  return {
    ...rest,
    answer: async (ctx, request) => {
      if (reads) return handler(ctx, input.readQuery(request.query, request.params));
      return handler(ctx, input.read({ ...jsonBody(request), ...request.params }, ''));
    },
  };
}

/** The object in the body. @throws INVALID_PARAMETER_VALUE for what is no JSON object */
export function jsonBody(request: Pick<RouteRequest, 'body' | 'headers' | 'method'>): object {
  const { body, headers, method } = request;
  if (body.length === 0 && method === 'DELETE') return {};
  const type = headers['content-type'];
  if (typeof type !== 'string') {
    throw invalid('Bad Request. Content-Type header is missing: expected application/json.');
  }
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    throw invalid(
      `Bad Request. Content-Type must be application/json, not ${JSON.stringify(type.slice(0, 100))}.`,
    );
  if (isDeeperThan(JSON_DEPTH_MAX, body))
    throw invalid(`Bad Request. The JSON is nested more than ${JSON_DEPTH_MAX} levels deep.`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw invalid('Bad Request. The body is not valid JSON; spell what JSON has no number for as "NaN".');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('Bad Request. The body must be a JSON object.');
  return value;
}

/** Prefixes at which every call is served: clients use the first, MLflow's own pages the second. */
const PREFIXES = ['/api', '/ajax-api'];

/** The routes of calls, at both prefixes. */
export function rpcRoutes(ports: MlflowPorts, calls: readonly AnyRpc[]): readonly Route[] {
  return calls.flatMap((call) => {
    const handler = async (request: RouteRequest): Promise<RouteResponse> =>
      jsonAnswer((await call.answer(contextOf(ports, request), request)) ?? {});
    return PREFIXES.map(
      (prefix): Route => ({
        method: call.method,
        path: `${prefix}/${call.since}${call.path}`,
        permission: call.permission,
        bodyBytesMax: call.bodyBytesMax ?? BODY_BYTES_MAX,
        handler,
        refuse: mlflowRefusal,
      }),
    );
  });
}

/** What a handler is given for one request. */
export function contextOf(ports: MlflowPorts, { principal }: Pick<RouteRequest, 'principal'>): MlflowContext {
  return { ...ports, principal, actor: principal.id };
}

/** JSON as MLflow spells it: nothing for an unset field or an empty list, texts for what is not a number. */
export function jsonAnswer(value: object | string): RouteResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: typeof value === 'string' ? value : JSON.stringify(value, spell),
  };
}

function spell(_name: string, value: unknown): unknown {
  if (value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
