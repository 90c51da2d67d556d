import type { JsonObject } from '../../kernel/json.ts';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText, parseJsonText } from '../../store/json-text.ts';
import type { CandidateTable, RetrainingTable } from '../../store/tables/loop-tables.ts';

/** How a retraining stands. `promoted`: a candidate took over, and its effect is not known yet. */
export type RetrainingState = RetrainingTable['state'];
export type CandidateState = CandidateTable['state'];

/** One look at the effect of a promotion; see `measureEffect`. */
export type EffectLook = {
  /** Project clock of the look; the rows lie between `from` and `to`. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly metric: string;
  /** New release minus the one it replaced, 95 %. */
  readonly difference: {
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
  };
  readonly verdict: 'helped' | 'harmed' | 'open' | 'superseded';
  readonly evidence: string;
};

/** What is known once a candidate took over. Times are of the project clock. */
export type PromotionBody = {
  readonly promotedAt: number;
  readonly endpoint: string;
  /** Hashes of the release that took over and of the one that it replaced, with their versions. */
  readonly release: string;
  readonly replaced: string;
  readonly version: number;
  readonly replacedVersion: number;
  /** From when on the effect is looked at again. */
  readonly lookAt: number;
};

/** A retraining as it is kept. `at` is of the project clock. */
export interface Retraining {
  readonly id: string;
  readonly project: string;
  readonly executionId: string | null;
  readonly trigger: string;
  readonly incidentId: string | null;
  readonly at: number;
  readonly state: RetrainingState;
  readonly reason: string;
  readonly champion: number | null;
  readonly promoted: number | null;
  readonly looks: readonly EffectLook[];
  readonly promotion: PromotionBody | null;
  readonly createdAt: number;
}

/** A version on its way, with what it was refused or promoted for. */
export interface Candidate {
  readonly id: string;
  readonly project: string;
  readonly retrainingId: string;
  readonly window: string;
  readonly model: string;
  readonly version: number | null;
  readonly releaseHash: string | null;
  readonly state: CandidateState;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly body: JsonObject;
  readonly at: number;
}

/** A retraining that begins. */
export function retrainingRow(
  row: Pick<Retraining, 'id' | 'project' | 'trigger' | 'incidentId' | 'at'>,
  now: number,
): Statement {
  const { id, project, trigger, incidentId, at } = row;
  const values: RetrainingTable = {
    id,
    project,
    execution_id: null,
    trigger,
    incident_id: incidentId,
    at,
    state: 'running',
    reason: 'running',
    champion: null,
    promoted: null,
    effect: null,
    body: jsonText({}),
    created_at: now,
    updated_at: now,
  };
  return { query: build.insertInto('retraining').values(values), expect: 1 };
}

/** Changes to a retraining; what is not named stays. */
export interface RetrainingChange {
  readonly state?: RetrainingState;
  readonly reason?: string;
  readonly executionId?: string;
  readonly champion?: number;
  readonly promoted?: number;
  readonly looks?: readonly EffectLook[];
  readonly promotion?: PromotionBody;
}

/** Changes a retraining that is in the state `from`; CONFLICT when it is in another one. */
export function changeRetraining(
  id: string,
  from: RetrainingState,
  change: RetrainingChange,
  now: number,
): Statement {
  const { state, reason, executionId, champion, promoted, looks, promotion } = change;
  const query = build
    .updateTable('retraining')
    .set({
      updated_at: now,
      ...(state === undefined ? {} : { state }),
      ...(reason === undefined ? {} : { reason }),
      ...(executionId === undefined ? {} : { execution_id: executionId }),
      ...(champion === undefined ? {} : { champion }),
      ...(promoted === undefined ? {} : { promoted }),
      ...(looks === undefined ? {} : { effect: jsonText({ looks }) }),
      ...(promotion === undefined ? {} : { body: jsonText(promotion) }),
    })
    .where('id', '=', id)
    .where('state', '=', from);
  return { query, expect: 1 };
}

/** A candidate whose training begins. */
export function candidateRow(
  row: Pick<Candidate, 'id' | 'project' | 'retrainingId' | 'window' | 'model' | 'at' | 'body'>,
  now: number,
): Statement {
  const { id, project, retrainingId, window, model, at, body } = row;
  const values: CandidateTable = {
    id,
    project,
    retraining_id: retrainingId,
    window,
    model,
    version: null,
    release_hash: null,
    state: 'training',
    reason: 'in training',
    evidence: jsonText([]),
    body: jsonText(body),
    at,
    created_at: now,
    updated_at: now,
  };
  return { query: build.insertInto('candidate').values(values), expect: 1 };
}

/** Changes to a candidate; what is not named stays. `evidence` and `body` are the whole new ones. */
export type CandidateChange = Partial<
  Pick<Candidate, 'state' | 'reason' | 'version' | 'releaseHash' | 'evidence' | 'body'>
>;

/** Changes a candidate. */
export function changeCandidate(id: string, change: CandidateChange, now: number): Statement {
  const { state, reason, version, releaseHash, evidence, body } = change;
  const query = build
    .updateTable('candidate')
    .set({
      updated_at: now,
      ...(state === undefined ? {} : { state }),
      ...(reason === undefined ? {} : { reason }),
      ...(version === undefined ? {} : { version }),
      ...(releaseHash === undefined ? {} : { release_hash: releaseHash }),
      ...(evidence === undefined ? {} : { evidence: jsonText(evidence) }),
      ...(body === undefined ? {} : { body: jsonText(body) }),
    })
    .where('id', '=', id);
  return { query, expect: 1 };
}

/** Candidates that nobody goes on with. */
export function abandonCandidates(retraining: string, reason: string, now: number): Statement {
  const query = build
    .updateTable('candidate')
    .set({ state: 'failed', reason, updated_at: now })
    .where('retraining_id', '=', retraining)
    .where('state', 'in', ['training', 'judged', 'canary']);
  return { query };
}

/** A retraining, or undefined. */
export async function findRetraining(db: Database, id: string): Promise<Retraining | undefined> {
  const row = await db.query.selectFrom('retraining').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : retrainingOf(row);
}

/** Retrainings of a project, newest first. */
export async function listRetrainings(db: Database, project: string): Promise<Retraining[]> {
  const rows = await db.query
    .selectFrom('retraining')
    .selectAll()
    .where('project', '=', project)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(retrainingOf);
}

/** Candidates of a project, or of one of its retrainings, newest retraining first. */
export async function listCandidates(
  db: Database,
  project: string,
  retrainingId?: string,
): Promise<Candidate[]> {
  let query = db.query.selectFrom('candidate').selectAll().where('project', '=', project);
  if (retrainingId !== undefined) query = query.where('retraining_id', '=', retrainingId);
  const rows = await query.orderBy('at', 'desc').orderBy('retraining_id', 'desc').orderBy('id').execute();
  return rows.map(candidateOf);
}

function retrainingOf(row: RetrainingTable): Retraining {
  const body = parseJsonText(row.body) as Partial<PromotionBody>;
  const effect = row.effect === null ? null : (parseJsonText(row.effect) as { looks?: EffectLook[] });
  return {
    id: row.id,
    project: row.project,
    executionId: row.execution_id,
    trigger: row.trigger,
    incidentId: row.incident_id,
    at: row.at,
    state: row.state,
    reason: row.reason,
    champion: row.champion,
    promoted: row.promoted,
    looks: effect?.looks ?? [],
    promotion: body.promotedAt === undefined ? null : (body as PromotionBody),
    createdAt: row.created_at,
  };
}

function candidateOf(row: CandidateTable): Candidate {
  return {
    id: row.id,
    project: row.project,
    retrainingId: row.retraining_id,
    window: row.window,
    model: row.model,
    version: row.version,
    releaseHash: row.release_hash,
    state: row.state,
    reason: row.reason,
    evidence: parseJsonText(row.evidence) as readonly string[],
    body: parseJsonText(row.body) as JsonObject,
    at: row.at,
  };
}
