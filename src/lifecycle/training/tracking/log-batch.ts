import { TendError } from '../../../kernel/error.ts';
import type { Statement } from '../../../store/database.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import { activeRun, metricStatements, paramStatements, tagStatements } from './measurement-store.ts';
import type { MetricPoint } from './run.ts';
import { activeRunInfo } from './run-store.ts';
import type { KeyValue, TrackingContext } from './tracking-context.ts';

/** What is logged at once; keys of parameters and of tags must be different ones. */
export interface Batch {
  readonly metrics: readonly MetricPoint[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

/** The tag that says the name of a run, for clients that know tags alone. */
export const RUN_NAME_TAG = 'mlflow.runName';

/** Runs whose experiment is remembered; it never changes. */
const KNOWN_MAX = 10_000;
const experimentOf = new WeakMap<object, Map<string, number>>();

/**
 * Logs a batch as a whole or not at all; one that comes again changes nothing.
 * @throws NOT_FOUND; INVALID_INPUT for a deleted run and for a parameter that has another value already
 */
export async function logBatch(
  ctx: TrackingContext,
  id: string,
  batch: Batch,
  more: (run: RunKey) => readonly Statement[] = () => [],
): Promise<void> {
  const run = { id, experimentId: await experimentIdOf(ctx, id) };
  const name = batch.tags.find((tag) => tag.key === RUN_NAME_TAG)?.value;
  const statements = [
    activeRun(id),
    ...metricStatements(run, batch.metrics),
    ...paramStatements(run, batch.params),
    ...tagStatements(run, batch.tags),
    ...(name === undefined ? [] : [{ query: sqlText('update run set name = ? where id = ?', [name, id]) }]),
    ...more(run),
  ];
  try {
    await ctx.db.commit({ statements });
  } catch (error) {
    if (!(error instanceof TendError) || error.code !== 'CONFLICT') throw error;
    await activeRunInfo(ctx, id);
    await refuseChangedParam(ctx, id, batch.params);
    throw error;
  }
}

type RunKey = { readonly id: string; readonly experimentId: number };

async function experimentIdOf({ db }: TrackingContext, id: string): Promise<number> {
  let known = experimentOf.get(db);
  if (known === undefined) experimentOf.set(db, (known = new Map()));
  const found = known.get(id);
  if (found !== undefined) return found;
  const experimentId = (await activeRunInfo({ db }, id)).experimentId;
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(id, experimentId);
  return experimentId;
}

async function refuseChangedParam(
  { db }: TrackingContext,
  id: string,
  params: readonly KeyValue[],
): Promise<void> {
  const rows = await readRows<KeyValue>(db, 'select key, value from run_param where run_id = ?', [id]);
  const known = new Map(rows.map(({ key, value }) => [key, value]));
  for (const { key, value } of params) {
    const before = known.get(key);
    if (before === undefined || before === value) continue;
    throw new TendError(
      'INVALID_INPUT',
      `Changing param values is not allowed. Param with key='${key}' was already logged with value=` +
        `'${before}' for run ID='${id}'. Attempted logging new value '${value}'.`,
    );
  }
}

/** Removes a tag of a run. @throws NOT_FOUND for a run or tag that is not there; INVALID_INPUT: deleted */
export async function deleteRunTag(ctx: TrackingContext, id: string, key: string): Promise<void> {
  await activeRunInfo(ctx, id);
  const sql = 'delete from run_tag where run_id = ? and key = ?';
  const found = await readRows(ctx.db, 'select key from run_tag where run_id = ? and key = ?', [id, key]);
  if (found.length === 0) throw new TendError('NOT_FOUND', `No tag with name: ${key} in run with id ${id}`);
  await ctx.db.commit({ statements: [activeRun(id), { query: sqlText(sql, [id, key]) }] });
}
