import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { endpointBody, listEndpoints, listRoutes } from './endpoint-store.ts';

/** What the operations of deployment need. */
export interface DeploymentContext extends Pick<LifecycleContext, 'db' | 'stateDir' | 'clock' | 'random'> {
  readonly principal: Principal;
}

const endpointView = z
  .object({
    name: z.string(),
    project: z.string(),
    generation: z.int(),
    state: z.string().describe('serving, stopped or retired.'),
    reason: z.string().nullable().describe('Why it is stopped.'),
    throttle: z.object({ perSecond: z.number() }).nullable(),
    successor: z.string().nullable().describe('Of a retired endpoint: whom to ask instead.'),
    routes: z.array(
      z.object({
        version: z.string(),
        releaseHash: z.string(),
        weight: z.number().describe('Share of the traffic, 0 to 1.'),
        role: z.enum(['stable', 'candidate', 'warm']),
      }),
    ),
  })
  .meta({ id: 'Endpoint' });

const endpointState = z.object({ endpoint: z.string(), state: z.enum(['serving', 'stopped']) });

/** Endpoints: going back, stopping, throttling. */
export const deploymentOperations: readonly AnyOperation<DeploymentContext>[] = [
  defineOperation({
    name: 'endpoints.list',
    summary: 'Lists endpoints with the versions that answer at each',
    method: 'GET',
    path: '/endpoints',
    input: z.object({}),
    output: z.object({ items: z.array(endpointView) }),
    errors: [],
    permission: 'model.read',
    audit: 'none',
    cli: { command: 'endpoints list' },
    handler: async ({ db }: DeploymentContext) => {
      const items = [];
      for (const row of await listEndpoints(db)) {
        const { reason = null, throttle = null, successor = null } = endpointBody(row);
        const { name, project, generation, state } = row;
        const routes = [...(await listRoutes(db, name))];
        items.push({ name, project, generation, state, reason, throttle, successor, routes });
      }
      return { items };
    },
  }),
  defineOperation({
    name: 'endpoints.rollback',
    summary: 'Gives an endpoint back to the release before: model, features, code and configuration at once',
    method: 'POST',
    path: '/endpoints/{endpoint}/rollback',
    input: z.object({
      endpoint: z.string().max(63),
      reason: z.string().max(2_000).default('asked for').describe('Why; it stands in the evidence.'),
    }),
    output: z.object({ endpoint: z.string(), version: z.string(), before: z.string() }),
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE'],
    permission: 'endpoint.write',
    audit: 'ledger',
    cli: {
      command: 'models rollback',
      positional: ['endpoint'],
      example: 'tend models rollback flight-delay',
    },
    handler: async (ctx: DeploymentContext, input) => {
      const { rollBack } = await import('./roll-back.ts');
      return rollBack(ctx, { ...input, principal: ctx.principal });
    },
  }),
  defineOperation({
    name: 'endpoints.stop',
    summary: 'Lets an endpoint refuse every request until it is resumed',
    method: 'POST',
    path: '/endpoints/{endpoint}/stop',
    input: z.object({
      endpoint: z.string().max(63),
      reason: z.string().max(2_000).default('asked for').describe('Why; whoever is refused reads it.'),
    }),
    output: endpointState,
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE'],
    permission: 'endpoint.write',
    audit: 'ledger',
    cli: {
      command: 'endpoints stop',
      positional: ['endpoint'],
      example: 'tend endpoints stop flight-delay',
    },
    handler: async (ctx: DeploymentContext, input) => {
      const { stopEndpoint } = await import('./stop-endpoint.ts');
      return stopEndpoint(ctx, { ...input, principal: ctx.principal });
    },
  }),
  defineOperation({
    name: 'endpoints.resume',
    summary: 'Lets a stopped endpoint answer again',
    method: 'POST',
    path: '/endpoints/{endpoint}/resume',
    input: z.object({
      endpoint: z.string().max(63),
      reason: z.string().max(2_000).default('asked for').describe('Why; it stands in the evidence.'),
    }),
    output: endpointState,
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE'],
    permission: 'endpoint.write',
    audit: 'ledger',
    cli: {
      command: 'endpoints resume',
      positional: ['endpoint'],
      example: 'tend endpoints resume flight-delay',
    },
    handler: async (ctx: DeploymentContext, input) => {
      const { resumeEndpoint } = await import('./stop-endpoint.ts');
      return resumeEndpoint(ctx, { ...input, principal: ctx.principal });
    },
  }),
  defineOperation({
    name: 'endpoints.throttle',
    summary: 'Lets an endpoint take so many predictions a second at most; 0 takes the limit away',
    method: 'POST',
    path: '/endpoints/{endpoint}/throttle',
    input: z.object({
      endpoint: z.string().max(63),
      perSecond: z.number().min(0).max(1e9).describe('Predictions a second, over all workers; 0: no limit.'),
      reason: z.string().max(2_000).default('asked for').describe('Why; it stands in the evidence.'),
    }),
    output: z.object({ endpoint: z.string(), perSecond: z.number().nullable() }),
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE', 'INVALID_INPUT'],
    permission: 'endpoint.write',
    audit: 'ledger',
    cli: {
      command: 'endpoints throttle',
      positional: ['endpoint', 'perSecond'],
      example: 'tend endpoints throttle flight-delay 50',
    },
    handler: async (ctx: DeploymentContext, { perSecond, ...ask }) => {
      const { throttle, unthrottle } = await import('./throttle.ts');
      const principal = ctx.principal;
      return perSecond === 0
        ? unthrottle(ctx, { ...ask, principal })
        : throttle(ctx, { ...ask, perSecond, principal });
    },
  }),
];
