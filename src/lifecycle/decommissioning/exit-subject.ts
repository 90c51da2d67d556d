import { TendError } from '../../kernel/error.ts';
import { hashJson } from '../../kernel/hash.ts';
import type { Database } from '../../store/database.ts';
import { listRoutes } from '../deployment/index.ts';

/** What can be retired, as a person names it. */
export interface ExitName {
  readonly kind: 'version' | 'endpoint' | 'project';
  /** `model@2`, or the name of the endpoint or project. */
  readonly name: string;
}

/** A release of what is retired. */
export interface ExitRelease {
  /** SHA-256 of its manifest. */
  readonly hash: string;
  readonly model: string;
  readonly version: string;
  /** Where it answered; null where it never did. */
  readonly endpoint: string | null;
  /** Run that made it; null for a release that is no version, such as a fall-back. */
  readonly runId: string | null;
}

/** What is retired, as the records know it. */
export interface ExitSubject extends ExitName {
  readonly project: string;
  /** Content hash of it: what evidence of its exit is about. */
  readonly hash: string;
  readonly endpoints: readonly string[];
  readonly releases: readonly ExitRelease[];
  /** The routes of its endpoints, with the share of traffic of each release. */
  readonly routed: readonly { readonly endpoint: string; readonly hash: string; readonly weight: number }[];
}

/** Reads `model@2`, `endpoint:name` or `project:name`. @throws INVALID_INPUT. */
export function parseExitName(what: string): ExitName {
  const version = /^([^@:]+)@([1-9]\d{0,8})$/.exec(what);
  if (version !== null) return { kind: 'version', name: what };
  const other = /^(endpoint|project):(.+)$/.exec(what);
  if (other !== null) return { kind: other[1] as 'endpoint' | 'project', name: other[2] ?? '' };
  const message = 'expected a version (flight-delay@2), endpoint:NAME or project:NAME';
  throw new TendError(
    'INVALID_INPUT',
    `cannot tell what ${JSON.stringify(what.slice(0, 100))} is: ${message}`,
    {
      fields: [{ path: 'what', message }],
    },
  );
}

/**
 * Finds what is named. Of a project, versions that were retired before are left out, unless it is its own
 * exit that goes on (`again`). @throws NOT_FOUND.
 */
export async function findExitSubject(
  db: Database,
  { kind, name }: ExitName,
  { again }: { readonly again: boolean },
): Promise<ExitSubject> {
  if (kind === 'version') return versionSubject(db, name, again);
  return kind === 'endpoint' ? endpointSubject(db, name) : projectSubject(db, name, again);
}

async function versionSubject(db: Database, name: string, again: boolean): Promise<ExitSubject> {
  const [model = '', version = ''] = name.split('@');
  const row = await versions(db)
    .where('model_version.model', '=', model)
    .where('model_version.version', '=', Number(version))
    .executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no version ${name}`);
  const releases = await releasesOf(db, [row], again);
  const endpoint = releases[0]?.endpoint ?? null;
  const endpoints = endpoint === null ? [] : [endpoint];
  return {
    kind: 'version',
    name,
    project: row.project ?? '',
    hash: row.manifest_hash ?? hashJson({ name }),
    endpoints,
    releases,
    routed: await routesOf(db, endpoints),
  };
}

async function endpointSubject(db: Database, name: string): Promise<ExitSubject> {
  const endpoint = await db.query
    .selectFrom('endpoint')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  if (endpoint === undefined) throw new TendError('NOT_FOUND', `there is no endpoint ${name}`);
  const releases = await routedReleases(db, name);
  const { project } = endpoint;
  const hash = hashJson({ endpoint: name, releases: releases.map((release) => release.hash) });
  const routed = await routesOf(db, [name]);
  return { kind: 'endpoint', name, project, hash, endpoints: [name], releases, routed };
}

async function projectSubject(db: Database, name: string, again: boolean): Promise<ExitSubject> {
  const project = await db.query
    .selectFrom('project')
    .select('spec_hash')
    .where('name', '=', name)
    .executeTakeFirst();
  if (project === undefined) throw new TendError('NOT_FOUND', `there is no project ${name}`);
  const rows = await versions(db).where('model.project', '=', name).execute();
  const endpoints = (
    await db.query.selectFrom('endpoint').select('name').where('project', '=', name).orderBy('name').execute()
  ).map((row) => row.name);
  const releases = await releasesOf(db, rows, again);
  for (const endpoint of endpoints) {
    for (const routed of await routedReleases(db, endpoint)) {
      if (!releases.some((one) => one.hash === routed.hash)) releases.push(routed);
    }
  }
  const routed = await routesOf(db, endpoints);
  return { kind: 'project', name, project: name, hash: project.spec_hash, endpoints, releases, routed };
}

async function routesOf(db: Database, endpoints: readonly string[]): Promise<ExitSubject['routed']> {
  const routes = [];
  for (const endpoint of endpoints) {
    for (const { releaseHash: hash, weight } of await listRoutes(db, endpoint)) {
      routes.push({ endpoint, hash, weight });
    }
  }
  return routes;
}

function versions(db: Database) {
  return db.query
    .selectFrom('model_version')
    .innerJoin('model', 'model.name', 'model_version.model')
    .selectAll('model_version')
    .select('model.project')
    .where('model.project', 'is not', null)
    .where('model_version.state', '<>', 'deleted')
    .orderBy('model_version.model')
    .orderBy('model_version.version');
}

type VersionRow = Awaited<ReturnType<ReturnType<typeof versions>['execute']>>[number];

/** Releases of versions that are not retired, or with `all` of every one. */
async function releasesOf(db: Database, rows: readonly VersionRow[], all: boolean): Promise<ExitRelease[]> {
  const found: ExitRelease[] = [];
  for (const { model, version, manifest_hash: hash, run_id: runId, state } of rows) {
    if (hash === null || (state === 'retired' && !all)) continue;
    const release = await db.query
      .selectFrom('release')
      .select('endpoint')
      .where('hash', '=', hash)
      .executeTakeFirst();
    found.push({ hash, model, version: String(version), endpoint: release?.endpoint ?? null, runId });
  }
  return found;
}

async function routedReleases(db: Database, endpoint: string): Promise<ExitRelease[]> {
  const found: ExitRelease[] = [];
  for (const { releaseHash: hash, version } of await listRoutes(db, endpoint)) {
    const row = await versions(db).where('model_version.manifest_hash', '=', hash).executeTakeFirst();
    found.push({
      hash,
      model: row?.model ?? endpoint,
      version: row === undefined ? version : String(row.version),
      endpoint,
      runId: row?.run_id ?? null,
    });
  }
  return found;
}
