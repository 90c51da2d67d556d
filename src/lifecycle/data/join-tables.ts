import type { Column, Frame, NumberColumn } from '../../kernel/column.ts';
import { TendError } from '../../kernel/error.ts';
import { parquetRelation } from '../../table/tables.ts';
import { readFrame } from '../../table/read-frame.ts';
import type { TableSession } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import { type KeyCodes, keyCodes } from './key-codes.ts';
import { boundaryAt, MOMENT_COLUMN, type TableHistory } from './table-history.ts';
import type { TableQuery } from './table-query.ts';

/**
 * Rows to which a table is joined: its key, row by row, and when the decision was taken (null: at the end).
 */
export interface JoinedRows {
  readonly rows: number;
  readonly keys: readonly Column[];
  readonly time: Float64Array | null;
}

/**
 * The columns of a feature table as of the boundary at or before each row's event time, NaN where the key
 * had none and before the first boundary.
 *
 * History rows lie sorted by moment and key, so each is one number that grows from row to row; a lookup is a
 * binary search: 300,000 rows in two million take about 0.1 s.
 * @throws TOO_LARGE where moments times keys are more than a number can tell apart.
 */
export async function joinTable(
  scope: StageScope,
  session: TableSession,
  table: TableQuery,
  history: TableHistory,
  examples: JoinedRows,
): Promise<readonly NumberColumn[]> {
  const frame = await readFrame(session, parquetRelation([scope.blobs.path(history.blob)]), [
    { name: MOMENT_COLUMN, type: 'time' },
    ...table.key.map((name, place) => ({ name, type: table.keyTypes[place] ?? ('string' as const) })),
    ...table.columns.map((name) => ({ name, type: 'number' as const })),
  ]);
  const codes = table.key.map((name) => keyCodes(columnOf(frame, name)));
  const size = codes.reduce((product, { count }) => product * Math.max(1, count), 1);
  const moments = (history.to - history.from) / history.refreshMs + 1;
  if (size * moments > Number.MAX_SAFE_INTEGER) {
    throw new TendError('TOO_LARGE', `feature table ${table.name}: too many combinations of key and moment`);
  }
  const positions = historyPositions(frame, history, codes, size);
  const wanted = wantedPositions(examples, history, codes, size);
  const found = wanted.map((position) => search(positions, position));
  return table.columns.map((name) => ({ kind: 'number', values: gather(frame, name, found) }));
}

/** Moment and key of each history row as one number, growing. */
function historyPositions(
  frame: Frame,
  history: TableHistory,
  codes: readonly KeyCodes[],
  size: number,
): Float64Array {
  const moments = columnOf(frame, MOMENT_COLUMN);
  const positions = new Float64Array(frame.rows);
  if (moments.kind !== 'time') throw new TendError('INTERNAL', 'a feature table has no moments');
  for (let i = 0; i < frame.rows; i++) {
    positions[i] = Math.round(((moments.values[i] as number) - history.from) / history.refreshMs) * size;
  }
  let stride = size;
  for (const { count, own } of codes) {
    stride /= Math.max(1, count);
    for (let i = 0; i < frame.rows; i++) positions[i] = (positions[i] as number) + own(i) * stride;
  }
  return positions;
}

/** The same number for each example, NaN for a key that the history does not know. */
function wantedPositions(
  examples: JoinedRows,
  history: TableHistory,
  codes: readonly KeyCodes[],
  size: number,
): Float64Array {
  const wanted = new Float64Array(examples.rows);
  const last = (history.to - history.from) / history.refreshMs;
  for (let i = 0; i < examples.rows; i++) {
    const at = examples.time === null ? history.to : (examples.time[i] as number);
    const boundary = Math.min((boundaryAt(at, history.refreshMs) - history.from) / history.refreshMs, last);
    wanted[i] = boundary < 0 ? Number.NaN : boundary * size;
  }
  let stride = size;
  for (const [index, { count, of }] of codes.entries()) {
    stride /= Math.max(1, count);
    const code = of(examples.keys[index]);
    for (let i = 0; i < examples.rows; i++) wanted[i] = (wanted[i] as number) + code(i) * stride;
  }
  return wanted;
}

function search(sorted: Float64Array, wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] as number;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function gather(frame: Frame, name: string, found: Float64Array): Float64Array {
  const column = columnOf(frame, name);
  if (column.kind !== 'number') throw new TendError('INTERNAL', `a feature table has no numbers in ${name}`);
  const values = new Float64Array(found.length);
  for (let i = 0; i < found.length; i++) {
    const at = found[i] as number;
    const value = at < 0 ? Number.NaN : (column.values[at] as number);
    // What is published for serving is JSON, which has no infinity.
    values[i] = Number.isFinite(value) ? value : Number.NaN;
  }
  return values;
}

function columnOf(frame: Frame, name: string): Column {
  const column = frame.columns[name];
  if (column === undefined) throw new TendError('INTERNAL', `a feature table has no column ${name}`);
  return column;
}
