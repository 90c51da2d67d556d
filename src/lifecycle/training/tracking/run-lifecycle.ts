import { TendError } from '../../../kernel/error.ts';
import type { LedgerDraft, Statement } from '../../../store/database.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import { activeExperimentRow } from './experiment-store.ts';
import { RUN_NAME_TAG } from './log-batch.ts';
import { activeRun, tagStatements } from './measurement-store.ts';
import { isEnded, type Run, type RunInfo, type RunState } from './run.ts';
import { runDigest } from './run-digest.ts';
import { inventRunName } from './run-name.ts';
import { activeRunInfo, readRunInfo } from './run-store.ts';
import { chainOf, hexId, type KeyValue, type TrackingContext } from './tracking-context.ts';

/** How a run begins. */
export interface NewRun {
  readonly experimentId: number;
  /** Invented when it is empty and no tag names the run. */
  readonly name: string;
  readonly userName: string;
  readonly startedAt: number;
  readonly tags: readonly KeyValue[];
}

/** Begins a run. @throws NOT_FOUND; INVALID_INPUT for a deleted experiment and for two names */
export async function createRun(ctx: TrackingContext, input: NewRun): Promise<Run> {
  const { db, clock, random, actor } = ctx;
  const experiment = await activeExperimentRow(ctx, input.experimentId);
  const tagged = input.tags.find((tag) => tag.key === RUN_NAME_TAG)?.value ?? '';
  if (tagged !== '' && input.name !== '' && tagged !== input.name) {
    throw new TendError(
      'INVALID_INPUT',
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values ` +
        `(run_name='${input.name}', mlflow.runName='${tagged}').`,
    );
  }
  const name = input.name || tagged || inventRunName(random);
  const id = hexId(clock, random);
  const { userName, startedAt } = input;
  const others = input.tags.filter((tag) => tag.key !== RUN_NAME_TAG);
  const tags = [...others, { key: RUN_NAME_TAG, value: name }];
  const insert =
    'insert into run (id, experiment_id, project, name, state, started_at, user_name, params, tags, ' +
    "inputs, outputs) select ?, id, project, ?, 'running', ?, ?, '{}', '{}', '{}', '{}' from experiment " +
    'where id = ? and deleted_at is null';
  await db.commit({
    statements: [
      { query: sqlText(insert, [id, name, startedAt, userName, experiment.id]), expect: 1 },
      ...tagStatements({ id, experimentId: experiment.id }, tags),
    ],
    ledger: [
      {
        chain: chainOf(experiment),
        action: 'run.created',
        actor,
        subject: id,
        body: { experiment: experiment.id, name },
      },
    ],
  });
  return {
    id,
    experimentId: experiment.id,
    project: experiment.project,
    name,
    state: 'running',
    userName,
    startedAt,
    endedAt: null,
    deleted: false,
    artifactUri: `${experiment.artifact_location}/${id}/artifacts`,
    metrics: [],
    params: [],
    tags,
    datasets: [],
    modelInputs: [],
    modelOutputs: [],
  };
}

/** What of a run changes; what is absent stays. */
export interface RunChange {
  readonly state?: RunState;
  readonly endedAt?: number;
  readonly name?: string;
}

/**
 * Changes state, end or name. A change to an end writes the digest of all that was measured into the ledger.
 * @throws NOT_FOUND; INVALID_INPUT when it is deleted
 */
export async function updateRun(ctx: TrackingContext, id: string, change: RunChange): Promise<RunInfo> {
  const before = await activeRunInfo(ctx, id);
  const after = { ...before, ...change };
  const statements: Statement[] = [activeRun(id)];
  const ledger: LedgerDraft[] = [];
  if (change.state !== undefined && (change.state !== before.state || isEnded(change.state))) {
    const digest = isEnded(change.state) ? await runDigest(ctx, id) : null;
    ledger.push({
      chain: chainOf(before),
      action: digest === null ? 'run.reopened' : `run.${change.state}`,
      actor: ctx.actor,
      subject: id,
      body: { experiment: before.experimentId, state: change.state, ...(digest === null ? {} : { digest }) },
    });
    statements.push({
      query: sqlText('update run set state = ?, digest = ? where id = ?', [change.state, digest, id]),
    });
  }
  if (change.endedAt !== undefined)
    statements.push({ query: sqlText('update run set ended_at = ? where id = ?', [change.endedAt, id]) });
  if (change.name !== undefined && change.name !== '') {
    statements.push(
      { query: sqlText('update run set name = ? where id = ?', [change.name, id]) },
      ...tagStatements(before, [{ key: RUN_NAME_TAG, value: change.name }]),
    );
  }
  await ctx.db.commit({ statements, ledger });
  return after;
}

/** Deletes a run until it is restored; one that is deleted stays so. @throws NOT_FOUND */
export async function deleteRun(ctx: TrackingContext, id: string): Promise<void> {
  await setDeleted(ctx, id, true);
}

/** Brings a deleted run back. @throws NOT_FOUND */
export async function restoreRun(ctx: TrackingContext, id: string): Promise<void> {
  await setDeleted(ctx, id, false);
}

async function setDeleted(ctx: TrackingContext, id: string, deleted: boolean): Promise<void> {
  const run = await readRunInfo(ctx, id);
  const rows = await readRows<{ deleted_at: number | null }>(
    ctx.db,
    'select deleted_at from run where id = ?',
    [id],
  );
  if ((rows[0]?.deleted_at != null) === deleted) return;
  const query = sqlText('update run set deleted_at = ? where id = ?', [deleted ? ctx.clock.now() : null, id]);
  const action = deleted ? 'run.deleted' : 'run.restored';
  await ctx.db.commit({
    statements: [{ query, expect: 1 }],
    ledger: [
      {
        chain: chainOf(run),
        action,
        actor: ctx.actor,
        subject: id,
        body: { experiment: run.experimentId },
      },
    ],
  });
}
