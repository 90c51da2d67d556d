import { readRows } from '../../../store/sql-text.ts';
import type { TrackingContext } from './tracking-context.ts';

/** A dataset that runs of an experiment read, and what for. */
export interface DatasetSummary {
  readonly experimentId: number;
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
}

/** More are not listed: a page offers them to choose from. */
const SUMMARIES_MAX = 1_000;

/** Datasets that runs of these experiments read, each once for each use. */
export async function datasetSummaries(
  { db }: Pick<TrackingContext, 'db'>,
  experimentIds: readonly number[],
): Promise<readonly DatasetSummary[]> {
  const sql =
    'select distinct d.experiment_id, d.name, d.digest, i.context from logged_dataset d ' +
    `join run_input i on i.dataset_id = d.id where d.experiment_id in ` +
    `(${experimentIds.map(() => '?').join(', ')}) ` +
    `order by d.experiment_id, d.name, d.digest, i.context limit ${SUMMARIES_MAX}`;
  const rows = await readRows<{
    readonly experiment_id: number;
    readonly name: string;
    readonly digest: string;
    readonly context: string | null;
  }>(db, sql, experimentIds);
  return rows.map(({ experiment_id: experimentId, ...rest }) => ({ experimentId, ...rest }));
}
