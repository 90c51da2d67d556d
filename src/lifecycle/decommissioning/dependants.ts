import type { Database, Statement } from '../../store/database.ts';
import { build } from '../../store/build.ts';
import type { ExitSubject } from './exit-subject.ts';

/** Something that still uses what is to be retired. */
export type Dependant = {
  readonly kind: 'route' | 'rollout' | 'alias' | 'project' | 'execution';
  /** In words, as a reason for a refusal. */
  readonly what: string;
};

/**
 * What still uses a subject, so that it may not go. A warm route uses nothing: it takes no traffic and is
 * dropped by the exit. Of an endpoint or project that goes as a whole, its own routes and aliases go with it.
 */
export async function dependantsOf(
  db: Database,
  subject: ExitSubject,
  own: { readonly executionId: string | null },
): Promise<readonly Dependant[]> {
  return [
    ...(await trafficOf(db, subject)),
    ...(await rolloutsOf(db, subject)),
    ...(subject.kind === 'version' ? await aliasesOf(db, subject) : []),
    ...(subject.kind === 'project' ? await executionsOf(db, subject, own.executionId) : []),
    ...(await readersOf(db, subject)),
  ];
}

/** Routes with traffic, of any endpoint for a version, of others' endpoints for all. */
async function trafficOf(db: Database, subject: ExitSubject): Promise<Dependant[]> {
  const found: Dependant[] = [];
  for (const { hash, version } of subject.releases) {
    const routes = await db.query
      .selectFrom('route')
      .innerJoin('endpoint', 'endpoint.name', 'route.endpoint')
      .select(['route.endpoint', 'route.weight', 'endpoint.project'])
      .where('route.release_hash', '=', hash)
      .orderBy('route.endpoint')
      .execute();
    for (const { endpoint, weight, project } of routes) {
      if (subject.kind === 'version' && weight > 0) {
        const share = `${Math.round(weight * 1_000) / 10}%`;
        found.push({ kind: 'route', what: `endpoint ${endpoint} gives it ${share} of its traffic` });
      } else if (project !== subject.project) {
        const what = `endpoint ${endpoint} of project ${project} holds version ${version}`;
        found.push({ kind: 'project', what });
      }
    }
  }
  return found;
}

async function rolloutsOf(db: Database, subject: ExitSubject): Promise<Dependant[]> {
  const rows = await db.query
    .selectFrom('rollout')
    .select(['id', 'endpoint', 'from_release', 'to_release', 'body'])
    .where('state', '=', 'running')
    .orderBy('id')
    .execute();
  const hashes = new Set(subject.releases.map((release) => release.hash));
  return rows
    .filter(({ endpoint, from_release: from, to_release: to, body }) =>
      subject.kind === 'version'
        ? hashes.has(from ?? '') || hashes.has(to) || [...hashes].some((hash) => body.includes(hash))
        : subject.endpoints.includes(endpoint),
    )
    .map(({ id, endpoint }) => ({
      kind: 'rollout',
      what: `rollout ${id} of endpoint ${endpoint} is running`,
    }));
}

async function aliasesOf(db: Database, subject: ExitSubject): Promise<Dependant[]> {
  const [model = '', version = ''] = subject.name.split('@');
  const rows = await db.query
    .selectFrom('model_alias')
    .select('alias')
    .where('model', '=', model)
    .where('version', '=', Number(version))
    .orderBy('alias')
    .execute();
  return rows.map(({ alias }) => ({ kind: 'alias', what: `${model}@${alias} names it` }));
}

async function executionsOf(db: Database, subject: ExitSubject, own: string | null): Promise<Dependant[]> {
  const rows = await db.query
    .selectFrom('execution')
    .select(['id', 'workflow', 'state'])
    .where('project', '=', subject.project)
    .where('state', 'in', ['queued', 'running', 'waiting'])
    .orderBy('id')
    .execute();
  return rows
    .filter(({ id }) => id !== own)
    .map(({ id, workflow, state }) => ({ kind: 'execution', what: `${workflow} ${id} is ${state}` }));
}

/** Projects whose executions made something of a release, and that do not have it themselves. */
async function readersOf(db: Database, subject: ExitSubject): Promise<Dependant[]> {
  const found: Dependant[] = [];
  for (const { hash, version, runId } of subject.releases) {
    const rows = await db.query
      .selectFrom('lineage')
      .innerJoin('execution', 'execution.id', 'lineage.execution_id')
      .select('execution.project')
      .distinct()
      .where('lineage.from_ref', 'in', runId === null ? [hash] : [hash, runId])
      .where('execution.project', '!=', subject.project)
      .orderBy('execution.project')
      .execute();
    for (const { project } of rows) {
      if (project === null || (await isRetired(db, project))) continue;
      found.push({ kind: 'project', what: `project ${project} reads version ${version}` });
    }
  }
  return found;
}

async function isRetired(db: Database, project: string): Promise<boolean> {
  const row = await db.query
    .selectFrom('tombstone')
    .select('name')
    .where('kind', '=', 'project')
    .where('name', '=', project)
    .executeTakeFirst();
  return row !== undefined;
}

/** For the unit that retires: nothing began to use the subject since it was looked at. */
export function unusedStatements(subject: ExitSubject): Statement[] {
  const hashes = subject.releases.map((release) => release.hash);
  const statements: Statement[] = [];
  if (subject.kind === 'version' && hashes.length > 0) {
    const [model = '', version = ''] = subject.name.split('@');
    statements.push(
      { query: build.selectFrom('route').select('endpoint').where('release_hash', 'in', hashes), expect: 0 },
      {
        query: build
          .selectFrom('model_alias')
          .select('alias')
          .where('model', '=', model)
          .where('version', '=', Number(version)),
        expect: 0,
      },
    );
  }
  if (subject.endpoints.length > 0) {
    const running = build
      .selectFrom('rollout')
      .select('id')
      .where('state', '=', 'running')
      .where('endpoint', 'in', subject.endpoints);
    const using = running.where((is) =>
      is.or([is('from_release', 'in', hashes), is('to_release', 'in', hashes)]),
    );
    const query = subject.kind === 'version' && hashes.length > 0 ? using : running;
    statements.push({ query, expect: 0 });
  }
  return statements;
}
