import { sql } from 'kysely';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText } from '../../store/json-text.ts';
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

/** Replaces the routes of an endpoint; its generation grows with every change. */
export function routeStatements(
  endpoint: string,
  project: string,
  routes: readonly EndpointRoute[],
): Statement[] {
  const rows = routes.map((route) => ({
    endpoint,
    release_hash: route.releaseHash,
    weight: route.weight,
    role: route.role,
  }));
  return [
    {
      query: build
        .insertInto('endpoint')
        .values({ name: endpoint, project, generation: 1, state: 'serving' })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ generation: sql`endpoint.generation + 1`, state: 'serving' }),
        ),
      expect: 1,
    },
    { query: build.deleteFrom('route').where('endpoint', '=', endpoint) },
    { query: build.insertInto('route').values(rows), expect: rows.length },
  ];
}

/** Makes a release known; one that is known already stays as it was. */
export function releaseStatement(
  scope: StageScope,
  release: {
    readonly hash: string;
    readonly endpoint: string;
    readonly version: number;
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
