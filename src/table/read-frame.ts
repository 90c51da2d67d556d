import assert from 'node:assert/strict';
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { Column, Frame } from '../kernel/column.ts';
import { sqlName } from './sql-name.ts';
import type { LogicalType, TableColumn } from './table-schema.ts';
import type { TableSession } from './tables.ts';

/** Names for the temporary enum types of one process; DuckDB wants them apart within an instance. */
let enumCount = 0;

/**
 * The rows of a relation as typed arrays, in the relation's order. Numbers and booleans become a
 * `NumberColumn`, moments a `TimeColumn`, strings a `CategoryColumn` whose levels are sorted.
 *
 * The engine casts everything to DOUBLE or to a dictionary code first, so a column is copied chunk by chunk
 * (2,048 rows) and no value becomes a JavaScript object.
 */
export async function readFrame(
  session: TableSession,
  relation: string,
  columns: readonly TableColumn[],
): Promise<Frame> {
  const [count] = await session.rows(`SELECT count(*)::INTEGER AS n FROM ${relation}`);
  const rows = Number(count?.n ?? 0);
  const readers: ColumnReader[] = [];
  for (const column of columns) readers.push(await columnReader(session, relation, column, rows));
  if (readers.length > 0) await fill(session, relation, readers, rows);
  const filled = readers.map((reader) => [reader.name, reader.column] as const);
  for (const reader of readers)
    if (reader.enumType !== undefined) await session.run(`DROP TYPE ${reader.enumType}`);
  return { rows, columns: Object.fromEntries(filled) };
}

interface ColumnReader {
  readonly name: string;
  readonly select: string;
  readonly column: Column;
  readonly enumType?: string;
}

async function columnReader(
  session: TableSession,
  relation: string,
  { name, type }: TableColumn,
  rows: number,
): Promise<ColumnReader> {
  const quoted = sqlName(name);
  if (type !== 'string' && type !== 'other') {
    const values = new Float64Array(rows);
    const select = `coalesce(${doubleOf(type, quoted)}, 'nan'::DOUBLE)`;
    return { name, select, column: { kind: type === 'time' ? 'time' : 'number', values } };
  }
  const text = `${quoted}::VARCHAR`;
  const found = await session.rows(
    `SELECT DISTINCT ${text} AS level FROM ${relation} WHERE ${quoted} IS NOT NULL ORDER BY 1`,
  );
  const levels = found.map((row) => String(row.level));
  const codes = new Int32Array(rows).fill(-1);
  const column: Column = { kind: 'category', codes, levels };
  if (levels.length === 0) return { name, select: '-1::INTEGER', column };
  enumCount += 1;
  const enumType = `tend_levels_${enumCount}`;
  const list = `SELECT DISTINCT ${text} AS level FROM ${relation} WHERE ${quoted} IS NOT NULL ORDER BY 1`;
  await session.run(`CREATE TYPE ${enumType} AS ENUM (${list})`);
  return { name, select: `coalesce(enum_code(${text}::${enumType})::INTEGER, -1)`, column, enumType };
}

function doubleOf(type: LogicalType, quoted: string): string {
  if (type === 'time') return `(epoch_us(${quoted}::TIMESTAMP) / 1000.0)::DOUBLE`;
  return `${quoted}::DOUBLE`;
}

async function fill(
  session: TableSession,
  relation: string,
  readers: readonly ColumnReader[],
  rows: number,
): Promise<void> {
  const select = readers.map((reader) => reader.select).join(', ');
  const result = await session.connection.stream(`SELECT ${select} FROM ${relation}`);
  let at = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    const count = chunk?.rowCount ?? 0;
    if (chunk === null || count === 0) break;
    assert.ok(at + count <= rows, 'the relation changed between counting and reading');
    readers.forEach((reader, index) => copyChunk(chunk, index, reader.column, at));
    at += count;
  }
  assert.equal(at, rows, 'the relation changed between counting and reading');
}

function copyChunk(chunk: DuckDBDataChunk, index: number, column: Column, at: number): void {
  // The statement casts every column to DOUBLE or INTEGER, so the values are numbers.
  const vector = chunk.getColumnVector(index) as DuckDBVector<number>;
  // Asked once: the count is a call into the engine, which took longer than all else here (5.3 of 6.6 s).
  const rows = chunk.rowCount;
  if (column.kind === 'category') {
    for (let i = 0; i < rows; i++) column.codes[at + i] = vector.getItem(i) ?? -1;
    return;
  }
  for (let i = 0; i < rows; i++) column.values[at + i] = vector.getItem(i) ?? Number.NaN;
}
