import { TendError } from '../../../kernel/error.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { Database } from '../../../store/database.ts';
import { type Evidence, listEvidence } from '../../../store/evidence.ts';
import { parseJsonText } from '../../../store/json-text.ts';
import type { CandidateTable } from '../../../store/tables/loop-tables.ts';
import type { ModelVersionTable } from '../../../store/tables/model-tables.ts';
import { readApprovals } from './read-approvals.ts';
import type { CardFacts, RunFact } from './card-facts.ts';
import { gateBody, newestEvidence } from './evidence-bodies.ts';

/** Incidents and retrainings told of; the newest. */
const RECORDS_MAX = 50;

/** A card that told of its own evidence would be another one each time it is written. */
const OWN_KINDS = ['model-card', 'data-sheet', 'framework'];

/** Which version: `flight-delay@2`, the number asked for, else the champion, else the newest. */
export interface VersionQuestion {
  readonly model: string;
  readonly version?: number;
}

/**
 * Reads what is recorded of a version. @throws NOT_FOUND for a model or version that is not there
 */
export async function readCardFacts(db: Database, question: VersionQuestion): Promise<CardFacts> {
  const { row, project, aliases } = await findVersion(db, question);
  const run = await readRun(db, row.run_id);
  const candidate = await findCandidate(db, row);
  const evidence = await readEvidence(db, { project, row, run, candidate });
  const manifest = await readManifestRow(db, row.manifest_hash);
  return {
    model: row.model,
    version: row.version,
    project,
    createdAt: row.created_at,
    state: row.state,
    aliases,
    modelBlob: row.blob_hash,
    release: row.manifest_hash,
    manifest,
    run,
    evidence,
    approvals: await readApprovals(db, project, {
      release: row.manifest_hash,
      under: newestEvidence(evidence, 'gate', gateBody)?.body.approval?.under,
    }),
    candidate: candidate ?? null,
    ...(await readLife(db, project, row)),
  };
}

async function findVersion(db: Database, question: VersionQuestion) {
  const [, name = question.model, number] = /^(.*)@(\d{1,9})$/.exec(question.model) ?? [];
  const model = await db.query.selectFrom('model').selectAll().where('name', '=', name).executeTakeFirst();
  if (model === undefined) throw new TendError('NOT_FOUND', `there is no model ${name}`);
  if (model.project === null)
    throw new TendError('NOT_FOUND', `the model ${name} stands alone: a card tells of a project's model`);
  const aliases = await db.query.selectFrom('model_alias').selectAll().where('model', '=', name).execute();
  const asked = question.version ?? (number === undefined ? undefined : Number(number));
  const champion = aliases.find(({ alias }) => alias === 'champion')?.version;
  let query = db.query.selectFrom('model_version').selectAll().where('model', '=', name);
  query = query.where('state', '<>', 'deleted');
  const wanted = asked ?? champion;
  if (wanted !== undefined) query = query.where('version', '=', wanted);
  const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst();
  if (row === undefined) {
    const what = wanted === undefined ? `model ${name} has no version` : `there is no ${name}@${wanted}`;
    throw new TendError('NOT_FOUND', what, { hint: `See \`tend models show ${name}\`.` });
  }
  const own = aliases.filter(({ version }) => version === row.version).map(({ alias }) => alias);
  return { row, project: model.project, aliases: own.sort() };
}

async function readRun(db: Database, id: string | null): Promise<RunFact | null> {
  if (id === null) return null;
  const row = await db.query.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    params: parseJsonText(row.params) as JsonObject,
    tags: parseJsonText(row.tags) as JsonObject,
    inputs: parseJsonText(row.inputs) as JsonObject,
    digest: row.digest,
  };
}

async function findCandidate(db: Database, row: ModelVersionTable): Promise<CandidateTable | undefined> {
  return db.query
    .selectFrom('candidate')
    .selectAll()
    .where('model', '=', row.model)
    .where('version', '=', row.version)
    .limit(1)
    .executeTakeFirst();
}

async function readEvidence(
  db: Database,
  about: {
    readonly project: string;
    readonly row: ModelVersionTable;
    readonly run: RunFact | null;
    readonly candidate: CandidateTable | undefined;
  },
): Promise<Evidence[]> {
  const { project, row, run, candidate } = about;
  const subjects = [row.blob_hash, row.manifest_hash, run?.inputs.data, run?.inputs.features];
  const named = candidate === undefined ? [] : (parseJsonText(candidate.evidence) as readonly string[]);
  const known = subjects.filter((subject) => typeof subject === 'string');
  const rows = await db.query
    .selectFrom('evidence')
    .select('id')
    .where('project', '=', project)
    .where('kind', 'not in', OWN_KINDS)
    .where((where) =>
      where.or([
        where('kind', '=', 'problem-statement'),
        ...(known.length === 0 ? [] : [where('subject', 'in', known)]),
        ...(named.length === 0 ? [] : [where('id', 'in', named)]),
      ]),
    )
    .orderBy('id')
    .execute();
  const all = await listEvidence(
    db,
    rows.map(({ id }) => id),
  );
  return all.filter((one) => one.kind !== 'problem-statement' || stated(one, all, row.created_at));
}

/** The problem as it was stated when the version was made: the newest statement before it, or the first. */
function stated(one: Evidence, all: readonly Evidence[], at: number): boolean {
  const statements = all.filter(({ kind }) => kind === 'problem-statement');
  return one === (statements.findLast(({ createdAt }) => createdAt <= at) ?? statements[0]);
}

async function readManifestRow(db: Database, hash: string | null): Promise<JsonObject | null> {
  if (hash === null) return null;
  const row = await db.query
    .selectFrom('release')
    .select('manifest')
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row === undefined ? null : (parseJsonText(row.manifest) as JsonObject);
}

async function readLife(
  db: Database,
  project: string,
  row: ModelVersionTable,
): Promise<Pick<CardFacts, 'retrainings' | 'incidents' | 'windows' | 'routes' | 'tombstone'>> {
  const { query } = db;
  const retrainings = await query
    .selectFrom('retraining')
    .select(['id', 'trigger', 'at', 'state', 'reason', 'champion', 'promoted', 'created_at'])
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .limit(RECORDS_MAX)
    .execute();
  const incidents = await query
    .selectFrom('incident')
    .select([
      'id',
      'cause',
      'severity',
      'state',
      'title',
      'opened_at',
      'resolved_at',
      'resolution',
      'created_at',
    ])
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .limit(RECORDS_MAX)
    .execute();
  const routes = await query
    .selectFrom('route')
    .select(['endpoint', 'role', 'weight'])
    .where('release_hash', '=', row.manifest_hash ?? '')
    .orderBy('endpoint')
    .execute();
  const tombstone = await query
    .selectFrom('tombstone')
    .select(['successor', 'at', 'certificate'])
    .where('kind', '=', 'version')
    .where('name', '=', `${row.model}@${row.version}`)
    .executeTakeFirst();
  return {
    retrainings: retrainings.reverse(),
    incidents: incidents.reverse(),
    windows: await lastWindows(db, project),
    routes,
    tombstone: tombstone ?? null,
  };
}

async function lastWindows(db: Database, project: string): Promise<CardFacts['windows']> {
  return db.query
    .selectFrom('monitor_window as w')
    .select([
      'project',
      'monitor',
      'from_at',
      'to_at',
      'verdict',
      'value',
      'low',
      'high',
      'bound',
      'created_at',
    ])
    .where('project', '=', project)
    .where('to_at', '=', (where) =>
      where
        .selectFrom('monitor_window as last')
        .select((select) => select.fn.max('last.to_at').as('at'))
        .whereRef('last.project', '=', 'w.project')
        .whereRef('last.monitor', '=', 'w.monitor'),
    )
    .orderBy('monitor')
    .orderBy('from_at')
    .execute();
}
