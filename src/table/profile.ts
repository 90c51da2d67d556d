import type { JsonObject } from '../kernel/json.ts';
import { sqlName } from './sql-name.ts';
import type { TableColumn } from './table-schema.ts';
import type { TableSession } from './tables.ts';

/** Values listed of a text column: enough to see a wrong code, few enough to read. */
const TOP_VALUES = 10;
/** A text in a profile; a pasted document must not fill the evidence. */
const TEXT_CHARS_MAX = 200;
const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/**
 * What is known of one column. Moments are in milliseconds UTC; figures are absent where no value is there,
 * or where they are not finite. NaN counts as a null.
 */
export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly rows: number;
  readonly nulls: number;
  readonly distinct: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly mean?: number;
  /** Discrete quantiles at 1, 5, 25, 50, 75, 95, 99 %: values that occur. */
  readonly quantiles?: readonly number[];
  readonly top?: readonly { readonly value: string; readonly rows: number }[];
}

/**
 * One pass for the figures of all columns, one more for each text column's most frequent values.
 * Repeatable to the last digit only on an engine with one thread (means are floating-point sums).
 */
export async function profile(
  session: TableSession,
  relation: string,
  columns: readonly TableColumn[],
): Promise<ColumnProfile[]> {
  const parts = columns.flatMap((column, index) => figures(column, index));
  const [row] = await session.rows(`SELECT count(*) AS n, ${parts.join(', ')} FROM ${relation}`);
  const profiles: ColumnProfile[] = [];
  for (const [index, column] of columns.entries()) {
    const top = column.type === 'string' ? await topValues(session, relation, column.name) : undefined;
    profiles.push(assemble(column, index, row ?? {}, top));
  }
  return profiles;
}

function figures(column: TableColumn, index: number): string[] {
  const name = column.type === 'string' ? `${sqlName(column.name)}::VARCHAR` : sqlName(column.name);
  const present = column.type === 'number' ? `CASE WHEN NOT isnan(${name}::DOUBLE) THEN ${name} END` : name;
  const parts = [`count(${present}) AS c${index}`, `count(DISTINCT ${present}) AS d${index}`];
  if (column.type === 'string') {
    const ends = [
      `left(min(${name}), ${TEXT_CHARS_MAX}) AS lo${index}`,
      `left(max(${name}), ${TEXT_CHARS_MAX}) AS hi${index}`,
    ];
    return [...parts, ...ends];
  }
  if (column.type === 'other') return parts;
  const number = column.type === 'time' ? `epoch_ms(${name}::TIMESTAMP)` : present;
  const value = column.type === 'boolean' ? `${name}::INTEGER` : number;
  const quantiles = `list_transform(quantile_disc(${value}, [${QUANTILES.join(', ')}]), x -> x::DOUBLE)`;
  return [
    ...parts,
    `min(${value})::DOUBLE AS lo${index}`,
    `max(${value})::DOUBLE AS hi${index}`,
    `avg(${value})::DOUBLE AS me${index}`,
    `array_to_string(${quantiles}, ',') AS qu${index}`,
  ];
}

async function topValues(session: TableSession, relation: string, column: string) {
  const name = `${sqlName(column)}::VARCHAR`;
  const rows = await session.rows(
    `SELECT left(${name}, ${TEXT_CHARS_MAX}) AS value, count(*) AS rows FROM ${relation}
     WHERE ${name} IS NOT NULL
     GROUP BY ${name} ORDER BY rows DESC, ${name} LIMIT ${TOP_VALUES}`,
  );
  return rows.map((row) => ({ value: String(row.value), rows: Number(row.rows) }));
}

function assemble(
  column: TableColumn,
  index: number,
  row: Readonly<Record<string, unknown>>,
  top: ColumnProfile['top'],
): ColumnProfile {
  const rows = Number(row.n ?? 0);
  const low = row[`lo${index}`];
  const high = row[`hi${index}`];
  const mean = row[`me${index}`];
  const quantiles = row[`qu${index}`];
  return {
    name: column.name,
    type: column.type,
    rows,
    nulls: rows - Number(row[`c${index}`] ?? 0),
    distinct: Number(row[`d${index}`] ?? 0),
    ...(isEnd(column, low) ? { min: low } : {}),
    ...(isEnd(column, high) ? { max: high } : {}),
    ...(typeof mean === 'number' ? { mean } : {}),
    ...(typeof quantiles === 'string' ? quantileList(quantiles) : {}),
    ...(top === undefined ? {} : { top }),
  };
}

/** A figure that is not finite comes as a text, which only a text column has. */
function isEnd(column: TableColumn, value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && column.type === 'string');
}

function quantileList(joined: string): { readonly quantiles?: readonly number[] } {
  const quantiles = joined === '' ? [] : joined.split(',').map(Number);
  return quantiles.length > 0 && quantiles.every(Number.isFinite) ? { quantiles } : {};
}

/** A profile as JSON, for evidence. */
export function profileJson(profiles: readonly ColumnProfile[]): JsonObject[] {
  return profiles.map((column) => ({ ...column }));
}
