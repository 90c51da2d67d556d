import type { Column, Frame } from '../../kernel/column.ts';
import { TendError } from '../../kernel/error.ts';
import { releaseFrame } from '../../decide/release-frame.ts';
import { sqlName, sqlTime } from '../../table/sql-name.ts';
import { readFrame } from '../../table/read-frame.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import type { StageScope } from '../stage-scope.ts';
import { arrivedAt } from './arrived-at.ts';
import { acceptedPartitions, type DatasetVersion, versionRelation } from './dataset.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { joinTable } from './join-tables.ts';
import { ROW_COLUMN } from './source-reader.ts';
import type { TableHistory } from './table-history.ts';
import { withOutcome } from './table-query.ts';

/** Rows whose outcome is known, with features as they were known at the decision. Columns are row-aligned. */
export interface Examples {
  readonly rows: number;
  /** Position of each row in its source. */
  readonly row: Float64Array;
  /** When the decision was taken, milliseconds UTC; null where the project has no time. */
  readonly time: Float64Array | null;
  readonly target: Float64Array;
  /** Raw request fields. */
  readonly fields: Frame;
  /** Every feature by name and every table column as `table.column`. */
  readonly features: Frame;
}

/** Which rows: event time from `from` (inclusive) to `to` (exclusive), outcome arrived by `known`. */
export interface ExampleSpan {
  readonly from?: number;
  readonly to?: number;
  readonly known?: number;
}

/**
 * Loads examples from a dataset version. Rows without an outcome, and rows whose outcome had not arrived by
 * `known`, are left out; the features of the rest are those of their own moment.
 */
export async function loadExamples(
  scope: StageScope,
  features: CompiledFeatures,
  version: DatasetVersion,
  histories: readonly TableHistory[],
  span: ExampleSpan,
): Promise<Examples> {
  await using session = await scope.tables.session();
  const bounded = partitionsBoundTime(features, version);
  const partitions = acceptedPartitions(version.partitions).filter(
    (part) => !bounded || overlaps(part, span),
  );
  const accepted = versionRelation(scope, partitions);
  if (accepted === undefined)
    throw new TendError('DATA_REFUSED', `no accepted rows of ${version.dataset} in the window`);
  const rows = await withOutcome(session, features.source, accepted, features.outcomeSql);
  const wanted: TableColumn[] = [
    { name: ROW_COLUMN, type: 'integer' },
    ...version.columns.filter((column) =>
      features.definition.fields.some((field) => field.name === column.name),
    ),
    { name: features.target, type: 'number' },
  ];
  const conditions = [`${sqlName(features.target)} IS NOT NULL`];
  const arrived = arrivedAt(features.available);
  if (arrived !== null && span.known !== undefined) {
    conditions.push(`${arrived} <= ${sqlTime(span.known)}`);
  }
  const list = wanted.map((column) => sqlName(column.name)).join(', ');
  await session.run(
    `CREATE OR REPLACE TEMP TABLE examples AS
     SELECT ${list} FROM ${rows} WHERE ${conditions.join(' AND ')} ORDER BY "${ROW_COLUMN}"`,
  );
  const raw = await readFrame(session, 'examples', dedupe(wanted));
  await session.run('DROP TABLE examples');
  const own = releaseFrame({ ...features.definition, tables: [] }, raw, () => []);
  const time = features.time === null ? null : numbersOf(own, features.time);
  const joined = new Map<string, readonly Column[]>();
  const join = async (table: CompiledFeatures['tables'][number]): Promise<void> => {
    const history = histories.find((candidate) => candidate.table === table.name);
    if (history === undefined)
      throw new TendError('INTERNAL', `feature table ${table.name} was not computed`);
    // As in serving: a feature hides the raw field of its name.
    const keys = table.key.map((name) => own.columns[name] ?? columnOf(raw, name));
    joined.set(table.name, await joinTable(scope, table, history, { rows: raw.rows, keys, time }));
  };
  await Promise.all(features.tables.map(join));
  const tables = releaseFrame(
    { ...features.definition, features: [] },
    raw,
    (name) => joined.get(name) ?? [],
  );
  const all: Examples = {
    rows: raw.rows,
    row: numbersOf(raw, ROW_COLUMN),
    time,
    target: numbersOf(raw, features.target),
    fields: raw,
    features: { rows: raw.rows, columns: { ...own.columns, ...tables.columns } },
  };
  return examplesWithin(all, span);
}

function overlaps(
  partition: { readonly from: number | null; readonly to: number | null },
  span: ExampleSpan,
): boolean {
  if (partition.from === null || partition.to === null) return true;
  return (
    partition.to > (span.from ?? Number.NEGATIVE_INFINITY) &&
    partition.from < (span.to ?? Number.POSITIVE_INFINITY)
  );
}

function dedupe(columns: readonly TableColumn[]): TableColumn[] {
  return columns.filter(
    (column, index) => columns.findIndex((other) => other.name === column.name) === index,
  );
}

/**
 * Is the time of the decision the very column by which the partitions are cut? Else each may hold such
 * rows.
 */
function partitionsBoundTime(features: CompiledFeatures, version: DatasetVersion): boolean {
  const time = features.definition.features.find((feature) => feature.name === features.time)?.expression;
  return time?.kind === 'field' && time.name === version.timeColumn;
}

function columnOf(frame: Frame, name: string): Column {
  const column = frame.columns[name];
  if (column === undefined)
    throw new TendError('SPEC_INVALID', `a feature table needs the request field ${name}`);
  return column;
}

/** Values of a number or time column. */
function numbersOf(frame: Frame, name: string): Float64Array {
  const column = columnOf(frame, name);
  if (column.kind === 'category')
    throw new TendError('SPEC_INVALID', `expected numbers in ${name}, came texts`);
  return column.values;
}

/** The examples of a span that lies within the one they were loaded for. */
export function examplesWithin(examples: Examples, span: ExampleSpan): Examples {
  const { time } = examples;
  if (time === null) return examples;
  const from = span.from ?? Number.NEGATIVE_INFINITY;
  const to = span.to ?? Number.POSITIVE_INFINITY;
  return examplesWhere(examples, (row) => (time[row] as number) >= from && (time[row] as number) < to);
}

/**
 * The examples that a test holds of, in their order. Where they lie one after the other, as rows in the order
 * of time do, their columns are views and nothing is copied; else they are gathered.
 */
export function examplesWhere(examples: Examples, holds: (row: number) => boolean): Examples {
  let first = examples.rows;
  let last = -1;
  let count = 0;
  for (let row = 0; row < examples.rows; row++) {
    if (!holds(row)) continue;
    if (count === 0) first = row;
    last = row;
    count++;
  }
  if (count === examples.rows) return examples;
  if (count === 0) return sliceExamples(examples, 0, 0);
  if (count === last + 1 - first) return sliceExamples(examples, first, last + 1);
  const rows = new Int32Array(count);
  for (let row = first, n = 0; row <= last; row++) if (holds(row)) rows[n++] = row;
  return takeExamples(examples, rows);
}

function sliceExamples(examples: Examples, start: number, end: number): Examples {
  const frame = ({ columns }: Frame): Frame => ({
    rows: end - start,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, sliceColumn(column, start, end)] as const),
    ),
  });
  return {
    rows: end - start,
    row: examples.row.subarray(start, end),
    time: examples.time?.subarray(start, end) ?? null,
    target: examples.target.subarray(start, end),
    fields: frame(examples.fields),
    features: frame(examples.features),
  };
}

function sliceColumn(column: Column, start: number, end: number): Column {
  return column.kind === 'category'
    ? { ...column, codes: column.codes.subarray(start, end) }
    : { ...column, values: column.values.subarray(start, end) };
}

/** Row numbers of a frame. */
type RowNumbers = Int32Array | Uint32Array;

/** The given rows of examples, in the given order. */
export function takeExamples(examples: Examples, rows: RowNumbers): Examples {
  return {
    rows: rows.length,
    row: takeValues(examples.row, rows),
    time: examples.time === null ? null : takeValues(examples.time, rows),
    target: takeValues(examples.target, rows),
    fields: takeFrame(examples.fields, rows),
    features: takeFrame(examples.features, rows),
  };
}

function takeFrame(frame: Frame, rows: RowNumbers): Frame {
  const columns = Object.entries(frame.columns).map(
    ([name, column]) => [name, takeColumn(column, rows)] as const,
  );
  return { rows: rows.length, columns: Object.fromEntries(columns) };
}

function takeColumn(column: Column, rows: RowNumbers): Column {
  if (column.kind === 'category') {
    const codes = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i] as number] as number;
    return { kind: 'category', codes, levels: column.levels };
  }
  return { kind: column.kind, values: takeValues(column.values, rows) };
}

function takeValues(values: Float64Array, rows: RowNumbers): Float64Array {
  const taken = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i] as number] as number;
  return taken;
}
