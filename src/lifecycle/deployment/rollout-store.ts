import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText, parseJsonText } from '../../store/json-text.ts';

/** `rolled-back` also when it was given up by a person or for another source of the project. */
export type RolloutState = 'running' | 'promoted' | 'rolled-back';

/** Counts of the present step of a rollout, over restarts of the serving process. */
export type RolloutCounts = {
  readonly predictions: number;
  readonly errors: number;
  /** Counters of the plane that were seen last, and since when it counts. */
  readonly seen: { readonly since: number; readonly predictions: number; readonly errors: number } | null;
};

/** The counts of a step that has just begun. */
export const NO_COUNTS: RolloutCounts = { predictions: 0, errors: 0, seen: null };

/** One move of an endpoint to a release. */
export interface Rollout {
  readonly id: string;
  readonly endpoint: string;
  /** Release that had the traffic before, and the one that was kept warm beside it. */
  readonly from: string | null;
  readonly warm: string | null;
  readonly to: string;
  readonly state: RolloutState;
  /** Place of the present step in the declared shares, and when it began (project clock, ms UTC). */
  readonly step: number;
  readonly stepStartedAt: number;
  readonly counts: RolloutCounts;
}

/** Records a rollout that begins. */
export function startStatement(
  rollout: Pick<Rollout, 'id' | 'endpoint' | 'from' | 'warm' | 'to'>,
  { now, startedAt }: StepTimes,
): Statement {
  const row = {
    id: rollout.id,
    endpoint: rollout.endpoint,
    from_release: rollout.from,
    to_release: rollout.to,
    state: 'running',
    step: 0,
    counts: jsonText(NO_COUNTS),
    started_at: now,
    updated_at: now,
    body: jsonText({ warm: rollout.warm, stepStartedAt: startedAt }),
  };
  return { query: build.insertInto('rollout').values(row), expect: 1 };
}

/** Wall time, and the project clock, at which a step begins. */
interface StepTimes {
  readonly now: number;
  readonly startedAt: number;
}

/** A step begins: it counts from zero. Refused when the rollout was given up meanwhile. */
export function stepStatement(rollout: Rollout, step: number, { now, startedAt }: StepTimes): Statement {
  const body = jsonText({ warm: rollout.warm, stepStartedAt: startedAt });
  const query = build
    .updateTable('rollout')
    .set({ step, counts: jsonText(NO_COUNTS), updated_at: now, body })
    .where('id', '=', rollout.id)
    .where('state', '=', 'running');
  return { query, expect: 1 };
}

/** Records the counts of a step; a measurement, so the step that closes it carries them into the ledger. */
export function countsStatement(id: string, step: number, counts: RolloutCounts, now: number): Statement {
  const query = build
    .updateTable('rollout')
    .set({ counts: jsonText(counts), updated_at: now })
    .where('id', '=', id)
    .where('step', '=', step);
  return { query };
}

/** Ends a rollout that runs. Refused when it was ended meanwhile. */
export function endStatement(id: string, state: Exclude<RolloutState, 'running'>, now: number): Statement {
  const query = build
    .updateTable('rollout')
    .set({ state, updated_at: now })
    .where('id', '=', id)
    .where('state', '=', 'running');
  return { query, expect: 1 };
}

/** A rollout as it stands. */
export async function readRollout(db: Database, id: string): Promise<Rollout> {
  return rolloutOf(await rollouts(db).where('id', '=', id).executeTakeFirstOrThrow());
}

/** Rollouts of an endpoint that were not ended; at most one, as a project has one execution at a time. */
export async function runningRollouts(db: Database, endpoint: string): Promise<Rollout[]> {
  const rows = await rollouts(db).where('endpoint', '=', endpoint).where('state', '=', 'running').execute();
  return rows.map(rolloutOf);
}

function rollouts(db: Database) {
  return db.query.selectFrom('rollout').selectAll();
}

function rolloutOf(
  row: Awaited<ReturnType<ReturnType<typeof rollouts>['executeTakeFirstOrThrow']>>,
): Rollout {
  const body = parseJsonText(row.body) as { readonly warm: string | null; readonly stepStartedAt: number };
  return {
    id: row.id,
    endpoint: row.endpoint,
    from: row.from_release,
    warm: body.warm,
    to: row.to_release,
    state: row.state as RolloutState,
    step: row.step,
    stepStartedAt: body.stepStartedAt,
    counts: parseJsonText(row.counts) as RolloutCounts,
  };
}
