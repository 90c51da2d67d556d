import { sql } from 'kysely';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText, parseJsonText } from '../../store/json-text.ts';
import type { EndpointTable } from '../../store/tables/model-tables.ts';
import type { StageScope } from '../stage-scope.ts';

/** A route of an endpoint as it is recorded. */
export interface EndpointRoute {
  readonly releaseHash: string;
  /** Share of the traffic, 0 to 1. */
  readonly weight: number;
  readonly role: 'stable' | 'candidate' | 'warm';
}

/** Routes of an endpoint with the version that each release carries. */
export async function listRoutes(
  db: Database,
  endpoint: string,
): Promise<readonly (EndpointRoute & { readonly version: string })[]> {
  const rows = await db.query
    .selectFrom('route')
    .innerJoin('release', 'release.hash', 'route.release_hash')
    .select(['route.release_hash', 'route.weight', 'route.role', 'release.version'])
    .where('route.endpoint', '=', endpoint)
    .orderBy('route.release_hash')
    .execute();
  return rows.map((row) => ({
    releaseHash: row.release_hash,
    weight: row.weight,
    role: row.role,
    version: row.version,
  }));
}

/** All endpoints, by name. */
export function listEndpoints(db: Database) {
  return db.query.selectFrom('endpoint').selectAll().orderBy('name').execute();
}

/** What an endpoint is told besides its routes; null in its row where it is nothing. */
export type EndpointBody = {
  /** Predictions a second at most. */
  readonly throttle?: { readonly perSecond: number };
  /** Why it is stopped, throttled or retired. */
  readonly reason?: string;
  /** Of a retired one: whom to ask instead, and since when, milliseconds UTC. */
  readonly successor?: string;
  readonly retiredAt?: number;
};

/** The body of an endpoint's row. */
export function endpointBody(row: { readonly body: string | null }): EndpointBody {
  return row.body === null ? {} : (parseJsonText(row.body) as EndpointBody);
}

/**
 * Replaces the routes of an endpoint; its generation grows with every change. A stopped or throttled one
 * stays so; a retired one serves again.
 */
export function routeStatements(
  endpoint: string,
  project: string,
  routes: readonly EndpointRoute[],
): Statement[] {
  return [
    {
      query: build
        .insertInto('endpoint')
        .values({ name: endpoint, project, generation: 1, state: 'serving', body: null })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({
            generation: sql`endpoint.generation + 1`,
            state: sql`case when endpoint.state = 'retired' then 'serving' else endpoint.state end`,
            body: sql`case when endpoint.state = 'retired' then null else endpoint.body end`,
          }),
        ),
      expect: 1,
    },
    ...routeRows(endpoint, routes),
  ];
}

/** Holds while nobody else moved the endpoint: what was not seen may have made the change a wrong one. */
export function unchanged({ name, generation }: Pick<EndpointTable, 'name' | 'generation'>): Statement {
  const query = build
    .updateTable('endpoint')
    .set({ generation })
    .where('name', '=', name)
    .where('generation', '=', generation);
  return { query, expect: 1 };
}

/** Changes state and body where they are given, and the generation; holds as `unchanged` does. */
export function changedStatement(
  { name, generation }: Pick<EndpointTable, 'name' | 'generation'>,
  change: { readonly state?: string; readonly body?: EndpointBody },
): Statement {
  const { state, body } = change;
  const isEmpty = body === undefined || Object.keys(body).length === 0;
  const query = build
    .updateTable('endpoint')
    .set({
      generation: sql`generation + 1`,
      ...(state === undefined ? {} : { state }),
      ...(body === undefined ? {} : { body: isEmpty ? null : jsonText(body) }),
    })
    .where('name', '=', name)
    .where('generation', '=', generation);
  return { query, expect: 1 };
}

/** The rows of the routes alone, in the place of those before. */
export function routeRows(endpoint: string, routes: readonly EndpointRoute[]): Statement[] {
  const rows = routes.map((route) => ({
    endpoint,
    release_hash: route.releaseHash,
    weight: route.weight,
    role: route.role,
  }));
  return [
    { query: build.deleteFrom('route').where('endpoint', '=', endpoint) },
    { query: build.insertInto('route').values(rows), expect: rows.length },
  ];
}

/** Makes a release known; one that is known already stays as it was. */
export function releaseStatement(
  scope: Pick<StageScope, 'clock'>,
  release: {
    readonly hash: string;
    readonly endpoint: string;
    readonly version: number | string;
    readonly manifest: object;
  },
): Statement {
  const row = {
    hash: release.hash,
    endpoint: release.endpoint,
    version: String(release.version),
    manifest: jsonText(JSON.parse(JSON.stringify(release.manifest))),
    created_at: scope.clock.now(),
  };
  return {
    query: build
      .insertInto('release')
      .values(row)
      .onConflict((conflict) => conflict.doNothing()),
  };
}
