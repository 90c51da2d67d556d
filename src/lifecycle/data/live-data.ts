import { TendError } from '../../kernel/error.ts';
import type { Evidenced, StageScope } from '../stage-scope.ts';
import { growVersion, receivedParts } from './received-rows.ts';
import type { DataInputs, DataOutputs } from './stage.ts';
import type { HistoryPart, TableHistory } from './table-history.ts';
import type { CompiledFeatures } from './feature-definition.ts';

/**
 * The data of a project at a moment of its clock: the declared rows with those received since, and the
 * feature tables as they were served. What `base` holds is taken as it is; nothing is read from the sources
 * again. Received rows and served boundaries must be sealed up to `at`.
 */
export async function liveData(
  scope: StageScope,
  inputs: DataInputs,
  base: DataOutputs,
  at: number,
): Promise<Evidenced<DataOutputs>> {
  const { features } = base;
  const declared = base.versions[features.source];
  if (declared === undefined) throw new TendError('INTERNAL', `no version of ${features.source}`);
  const parts = await receivedParts(scope, at);
  const grown = await growVersion(scope, inputs.data, declared, base.versions, parts);
  const histories: TableHistory[] = [];
  for (const history of base.histories) histories.push(await servedHistory(scope, features, history, at));
  return {
    result: { versions: { ...base.versions, [features.source]: grown.version }, features, histories },
    evidence: grown.evidence,
  };
}

/** The name under which served boundaries of a table are kept: another definition is another history. */
export function historyName(features: Pick<CompiledFeatures, 'hash'>, table: string): string {
  return `${table}@${features.hash.slice(0, 16)}`;
}

/** A history with the boundaries that were served after it, up to `at`. */
async function servedHistory(
  scope: StageScope,
  features: CompiledFeatures,
  history: TableHistory,
  at: number,
): Promise<TableHistory> {
  const rows = await scope.db.query
    .selectFrom('feature_history')
    .selectAll()
    .where('project', '=', scope.project)
    .where('name', '=', historyName(features, history.table))
    .where('from_at', '>', history.to)
    .where('from_at', '<=', at)
    .orderBy('from_at')
    .execute();
  const served = rows.map((row): HistoryPart => ({ blob: row.blob_hash, from: row.from_at, to: row.to_at }));
  return {
    ...history,
    to: served.at(-1)?.to ?? history.to,
    rows: rows.reduce((sum, row) => sum + row.row_count, history.rows),
    parts: [...history.parts, ...served],
  };
}
