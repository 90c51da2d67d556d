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
 * binary search: 300,000 rows in two million take about 0.1 s. While one stretch is looked up here, the
 * engine reads the next one in a thread of its own.
 * @throws TOO_LARGE where moments times keys are more than a number can tell apart.
 */
export async function joinTable(
  scope: StageScope,
  table: TableQuery,
  history: TableHistory,
  examples: JoinedRows,
): Promise<readonly NumberColumn[]> {
  const values = table.columns.map(() => new Float64Array(examples.rows).fill(Number.NaN));
  // A month at a time: half a year of an hourly table has twenty million rows.
  const stretches = stretchesOf(history);
  const queue = stretches.values();
  const work = async (): Promise<void> => {
    await using session = await scope.tables.session();
    for (const stretch of queue) {
      const rows = rowsWithin(examples, history, stretch);
      if (rows.length > 0) await joinStretch(scope, session, { table, stretch }, examples, rows, values);
    }
  };
  await Promise.all(Array.from({ length: Math.min(READ_AT_ONCE, stretches.length) }, work));
  return values.map((column) => ({ kind: 'number', values: column }));
}

/** Stretches on the way at a time: each is a hundred megabytes. */
const READ_AT_ONCE = 2;

/** Parts of a history that are read together. */
const STRETCH_MS = 31 * 86_400_000;

/** Parts of a history put together to stretches of a month; a part that is longer stands alone. */
function stretchesOf({ parts, refreshMs }: TableHistory): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { blob, from, to } of parts) {
    const last = stretches.at(-1);
    if (last !== undefined && to - last.from < STRETCH_MS) {
      stretches[stretches.length - 1] = { ...last, to, blobs: [...last.blobs, blob] };
    } else stretches.push({ from, to, refreshMs, blobs: [blob] });
  }
  return stretches;
}

/** Examples whose boundary lies in a stretch. An event time after the last boundary reads that one. */
function rowsWithin(examples: JoinedRows, { refreshMs, to }: TableHistory, stretch: Stretch): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < examples.rows; i++) {
    const at = examples.time === null ? to : (examples.time[i] as number);
    const boundary = Math.min(boundaryAt(at, refreshMs), to);
    if (boundary >= stretch.from && boundary <= stretch.to) rows.push(i);
  }
  return Int32Array.from(rows);
}

async function joinStretch(
  scope: StageScope,
  session: TableSession,
  { table, stretch }: { readonly table: TableQuery; readonly stretch: Stretch },
  examples: JoinedRows,
  rows: Int32Array,
  values: readonly Float64Array[],
): Promise<void> {
  const files = parquetRelation(stretch.blobs.map((blob) => scope.blobs.path(blob)));
  const frame = await readFrame(session, files, [
    { name: MOMENT_COLUMN, type: 'time' },
    ...table.key.map((name, place) => ({ name, type: table.keyTypes[place] ?? ('string' as const) })),
    ...table.columns.map((name) => ({ name, type: 'number' as const })),
  ]);
  const codes = table.key.map((name) => keyCodes(columnOf(frame, name)));
  const size = codes.reduce((product, { count }) => product * Math.max(1, count), 1);
  const moments = (stretch.to - stretch.from) / stretch.refreshMs + 1;
  if (size * moments > Number.MAX_SAFE_INTEGER) {
    throw new TendError('TOO_LARGE', `feature table ${table.name}: too many combinations of key and moment`);
  }
  const positions = historyPositions(frame, stretch, codes, size);
  const found = wantedPositions(examples, rows, stretch, codes, size).map((position) =>
    search(positions, position),
  );
  table.columns.forEach((name, place) => gather(frame, name, found, rows, values[place] as Float64Array));
}

/** A stretch of a history, its rows in the order of moment and key. */
interface Stretch {
  readonly blobs: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly refreshMs: number;
}

/** Moment and key of each history row as one number, growing. */
function historyPositions(
  frame: Frame,
  history: Stretch,
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

/** The same number for each of the given examples, NaN for a key that the history does not know. */
function wantedPositions(
  examples: JoinedRows,
  rows: Int32Array,
  stretch: Stretch,
  codes: readonly KeyCodes[],
  size: number,
): Float64Array {
  const wanted = new Float64Array(rows.length);
  const last = (stretch.to - stretch.from) / stretch.refreshMs;
  for (let i = 0; i < rows.length; i++) {
    const at = examples.time === null ? stretch.to : (examples.time[rows[i] as number] as number);
    const boundary = Math.min((boundaryAt(at, stretch.refreshMs) - stretch.from) / stretch.refreshMs, last);
    wanted[i] = boundary * size;
  }
  let width = size;
  for (const [index, { count, of }] of codes.entries()) {
    width /= Math.max(1, count);
    const code = of(examples.keys[index]);
    for (let i = 0; i < rows.length; i++) {
      wanted[i] = (wanted[i] as number) + code(rows[i] as number) * width;
    }
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

function gather(frame: Frame, name: string, found: Float64Array, rows: Int32Array, into: Float64Array): void {
  const column = columnOf(frame, name);
  if (column.kind !== 'number') throw new TendError('INTERNAL', `a feature table has no numbers in ${name}`);
  for (let i = 0; i < rows.length; i++) {
    const at = found[i] as number;
    const value = at < 0 ? Number.NaN : (column.values[at] as number);
    // What is published for serving is JSON, which has no infinity.
    into[rows[i] as number] = Number.isFinite(value) ? value : Number.NaN;
  }
}

function columnOf(frame: Frame, name: string): Column {
  const column = frame.columns[name];
  if (column === undefined) throw new TendError('INTERNAL', `a feature table has no column ${name}`);
  return column;
}
