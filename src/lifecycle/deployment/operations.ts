import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { listEndpoints, listRoutes } from './endpoint-store.ts';

/** What the operations of deployment need. */
export interface DeploymentContext extends Pick<LifecycleContext, 'db' | 'stateDir' | 'clock' | 'random'> {
  readonly principal: Principal;
}

const endpointView = z
  .object({
    name: z.string(),
    project: z.string(),
    generation: z.int(),
    state: z.string(),
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

/** Endpoints and going back. */
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
      for (const row of await listEndpoints(db))
        items.push({ ...row, routes: [...(await listRoutes(db, row.name))] });
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
    errors: ['NOT_FOUND', 'CONFLICT'],
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
];
