import { type AppendedColumn, appendColumns } from '../../table/append-columns.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import type { ArrivedRows } from './arrived-rows.ts';
import { storeRows } from './ingest-partition.ts';
import { moment, rawColumns, typedValue } from './raw-values.ts';
import type { KeptRow } from './received-row.ts';
import { RECEIVED_COLUMN } from './received-rows.ts';
import { KNOWN_COLUMN, ROW_COLUMN } from './source-reader.ts';

/**
 * Puts received rows into one Parquet blob, in their order: what was said of the prediction, then the data.
 */
export async function storeReceived(
  scope: Pick<StageScope, 'stateDir' | 'random' | 'blobs'>,
  session: TableSession,
  { raw, rowType }: ArrivedRows,
  kept: readonly KeptRow[],
): Promise<string> {
  await appendColumns(session, 'tend_staged', stagedColumns(raw, kept));
  const typed = raw.map(({ name, engineType }) => `TRY(${typedValue(name, engineType)}) AS ${sqlName(name)}`);
  const blob = await storeRows(
    scope,
    session,
    `SELECT tend_prediction, tend_key, ${moment('tend_t')} AS tend_t,
       ${moment(RECEIVED_COLUMN)} AS ${RECEIVED_COLUMN}, tend_release, tend_version, tend_score,
       tend_features, tend_outcome, tend_target, tend_rule,
       "${ROW_COLUMN}"::${rowType} AS "${ROW_COLUMN}", ${typed.join(', ')},
       ${moment(KNOWN_COLUMN)} AS ${KNOWN_COLUMN}
     FROM tend_staged ORDER BY tend_seq`,
  );
  await session.run('DROP TABLE tend_staged');
  return blob;
}

function stagedColumns(raw: ArrivedRows['raw'], kept: readonly KeptRow[]): AppendedColumn[] {
  const text = (name: string, of: (row: KeptRow) => string | null): AppendedColumn => ({
    name,
    kind: 'text',
    values: kept.map(of),
  });
  const number = (name: string, of: (row: KeptRow, i: number) => number | null): AppendedColumn => ({
    name,
    kind: 'number',
    values: kept.map(of),
  });
  return [
    number('tend_seq', (_row, i) => i),
    text('tend_prediction', ({ row }) => row.prediction),
    text('tend_key', ({ row }) => (row.key === null ? null : String(row.key))),
    number('tend_t', ({ row }) => row.t),
    number(RECEIVED_COLUMN, ({ row }) => row.receivedAt),
    text('tend_release', ({ row }) => row.release),
    text('tend_version', ({ row }) => row.version),
    number('tend_score', ({ row }) => row.score),
    text('tend_features', ({ row }) => row.features),
    text('tend_outcome', ({ row }) => row.outcome),
    number('tend_target', ({ received }) => (Number.isNaN(received.target) ? null : received.target)),
    text('tend_rule', ({ received }) => received.rule),
    number(ROW_COLUMN, ({ row }) => row.row),
    ...rawColumns(
      raw,
      kept.map(({ row }) => row),
    ),
    number(KNOWN_COLUMN, ({ known }) => known),
  ];
}
