import assert from 'node:assert/strict';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { AnyOperation } from '../kernel/operation.ts';
import type { Route } from '../kernel/route.ts';
import { answerOperation, OPERATION_BODY_BYTES_MAX, type OperationSurroundings } from './answer-operation.ts';
import { answerRoute } from './answer-route.ts';
import { API_PREFIX, type PermissionEntry } from './permission-table.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/**
 * Registers each entry of the table with its handler, those that stream in a scope that parses no body.
 * Throws an AssertionError where an entry has no handler.
 */
export function registerTable<C>(
  app: FastifyInstance,
  table: readonly PermissionEntry[],
  operations: readonly AnyOperation<C>[],
  routes: readonly Route[],
  answers: {
    readonly operations: OperationSurroundings<C>;
    readonly builtIn: Readonly<Record<string, Handler>>;
  },
): void {
  const operationOf = new Map(operations.map((operation) => [operation.name, operation]));
  assert(operationOf.size === operations.length, 'two operations have one name');
  const readerOf = new Map(
    operations.filter(({ method, stream }) => method === 'GET' && stream !== true).map((o) => [o.path, o]),
  );
  const routeOf = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const streamed: RouteOptions[] = [];
  for (const entry of table) {
    const { method, source } = entry;
    const operation = source === 'operation' ? operationOf.get(entry.name) : undefined;
    const route = source === 'route' ? routeOf.get(`${method} ${entry.path}`) : undefined;
    const handler =
      operation !== undefined
        ? answerOperation(operation, readerOf.get(entry.path.slice(API_PREFIX.length)), answers.operations)
        : route !== undefined
          ? answerRoute(route)
          : answers.builtIn[entry.path];
    assert(handler !== undefined, `${method} ${entry.path} has no handler`);
    const options: RouteOptions = {
      method,
      url: routerPath(entry.path),
      handler,
      config: {
        entry,
        streams: route?.streams === true,
        ...(route?.refuse === undefined ? {} : { refuse: route.refuse }),
      },
      exposeHeadRoute: method === 'GET' && operation?.stream !== true,
      bodyLimit: route?.bodyBytesMax ?? OPERATION_BODY_BYTES_MAX,
    };
    if (route?.streams === true) streamed.push(options);
    else app.route(options);
  }
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    for (const options of streamed) scope.route(options);
  });
}

/** `{name}` as the router spells it. A colon of the path itself is doubled. */
function routerPath(path: string): string {
  return path.replaceAll(':', '::').replaceAll(/\{([^}]+)\}/g, ':$1');
}
