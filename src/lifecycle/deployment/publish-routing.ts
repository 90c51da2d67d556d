import { join } from 'node:path';
import { TendError } from '../../kernel/error.ts';
import { readRouting, type RoutingSnapshot, writeRouting } from '../../serve/routing.ts';
import type { Database } from '../../store/database.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { endpointBody, listEndpoints, listRoutes } from './endpoint-store.ts';

/** Folder of the feature tables that serving reads. */
export function featureFolder(stateDir: string): string {
  return join(stateDir, 'features');
}

type Context = Pick<LifecycleContext, 'db' | 'stateDir'>;

/** Publishing of a database, one after another: what an earlier reading saw must not replace a later one. */
const turns = new WeakMap<Database, Promise<unknown>>();

/**
 * Writes the routing snapshot that the records say. Repeating it changes nothing; after a kill between commit
 * and file it brings the file up to date, so it runs at every start and after every change of routes. Calls
 * at the same time, as of a rollout and a rollback, take turns.
 */
export function publishRouting(ctx: Context): Promise<RoutingSnapshot> {
  const turn = (turns.get(ctx.db) ?? Promise.resolve()).then(() => publish(ctx));
  turns.set(
    ctx.db,
    turn.catch(() => undefined),
  );
  return turn;
}

async function publish(ctx: Context): Promise<RoutingSnapshot> {
  const rows = await listEndpoints(ctx.db);
  const endpoints: RoutingSnapshot['endpoints'] = [];
  let generation = 0;
  for (const row of rows) {
    const { name, project } = row;
    generation += row.generation;
    const routes = await listRoutes(ctx.db, name);
    const state = stateOf(row);
    if (routes.length === 0 && state !== 'retired') continue;
    const body = endpointBody(row);
    endpoints.push({
      name,
      project,
      state,
      reason: body.reason ?? null,
      throttle: body.throttle ?? null,
      tombstone: state === 'retired' ? { successor: body.successor ?? null, at: body.retiredAt ?? 0 } : null,
      routes: routes.map(({ releaseHash, version, weight, role }) => ({
        releaseHash,
        version,
        weight,
        role,
      })),
    });
  }
  const snapshot: RoutingSnapshot = {
    format: 'tend.routing/v1',
    generation,
    blobDir: join(ctx.stateDir, 'blobs'),
    featureDir: featureFolder(ctx.stateDir),
    endpoints,
  };
  const present = await readRouting(ctx.stateDir).catch(() => null);
  if (JSON.stringify(present) !== JSON.stringify(snapshot)) await writeRouting(ctx.stateDir, snapshot);
  return snapshot;
}

function stateOf({ name, state }: { readonly name: string; readonly state: string }) {
  if (state === 'serving' || state === 'stopped' || state === 'retired') return state;
  throw new TendError('STATE_UNREADABLE', `the endpoint ${name} is in the unknown state ${state}`);
}
