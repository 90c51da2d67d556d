import { ROW_COLUMN } from '../../../lifecycle/data/source-reader.ts';
import { TendError } from '../../../kernel/error.ts';
import { sqlName, sqlText } from '../../../table/sql-name.ts';
import type { TableColumn } from '../../../table/table-schema.ts';
import { HAPPENED, KNOWN } from './prepared-relation.ts';
import type { ReplayColumns, ReplayPlan } from './replay-plan.ts';

/** So many outcomes in one request, at most: what the server takes at once. */
export const OUTCOMES_MAX = 5_000;

/** Start of the step of the project clock in which a moment lies. */
export function sliceOf(at: number, stepMs: number): number {
  return Math.floor(at / stepMs) * stepMs;
}

/** See `rowSql`. */
export type RowSql = ReturnType<typeof rowSql>;

/** The statements of a replay. Moments are compared as whole microseconds. */
export function rowSql(
  relation: string,
  { stepMs, key }: ReplayPlan,
  { request, outcome }: ReplayColumns,
  batch: number,
) {
  const happened = `epoch_us(${HAPPENED}::TIMESTAMP)`;
  const known = `epoch_us(${KNOWN}::TIMESTAMP)`;
  const step = stepMs * 1_000;
  // In which step it falls: a row by its beginning, included; an outcome by its end, included.
  const slice = `((${happened} // ${step}) * ${step}) // 1000`;
  const due = `(((${known} + ${step - 1}) // ${step}) * ${step} - ${step}) // 1000`;
  const requestText = jsonOf(request);
  const value = outcome.length === 1 ? jsonValue(outcome[0] as TableColumn) : structOf(outcome);
  const outcomeText =
    `to_json({'key': ${jsonValue(columnNamed(request, key))}, 'value': ${value}, ` +
    `'at': ${known} // 1000})::VARCHAR`;
  const isKnown =
    outcome.length === 0 ? 'true' : outcome.map(({ name }) => `${sqlName(name)} IS NOT NULL`).join(' OR ');
  const between = (what: string, from: number, to: number): string =>
    `${what} >= ${from * 1_000} AND ${what} < ${to * 1_000}`;
  const batches = (rows: string, size: number): string =>
    `SELECT slice, own, count(*) AS n, string_agg(text, ',' ORDER BY place) AS text
     FROM (SELECT slice, own, text,
                  row_number() OVER (PARTITION BY slice, own ORDER BY t, ${ROW_COLUMN}) AS place
           FROM ${rows})
     GROUP BY slice, own, (place - 1) // ${size} ORDER BY slice, own, min(place)`;
  const requests = `SELECT ${slice} AS slice, false AS own, ${happened} AS t, ${ROW_COLUMN},
            ${requestText} AS text`;
  const outcomes = (starts: number): string =>
    `SELECT greatest(${due}, ${slice}) AS slice, ${slice} >= ${due} AS own, ${known} AS t,
            ${happened} AS began,            ${ROW_COLUMN}, ${outcomeText} AS text
     FROM ${relation} WHERE ${happened} >= ${starts * 1_000} AND (${isKnown})`;
  return {
    load: (from: number, to: number, starts: number): string[] => [
      `CREATE OR REPLACE TEMP TABLE tend_month AS
       ${requests} FROM ${relation} WHERE ${between(happened, from, to)} ORDER BY t, ${ROW_COLUMN}`,
      // What is due by the end and not after it; a step that the replay begins within is taken whole.
      `CREATE OR REPLACE TEMP TABLE tend_due AS
       SELECT * FROM (${outcomes(starts)})
       WHERE slice >= ${sliceOf(from, stepMs)} AND slice < ${to}
         AND t <= ${to * 1_000} AND began < ${to * 1_000}
       ORDER BY t, ${ROW_COLUMN}`,
    ],
    batches: (table: 'tend_month' | 'tend_due', from: number, to: number, size: number): string =>
      batches(`${table} WHERE slice >= ${sliceOf(from, stepMs)} AND slice < ${to}`, size),
    outcomesBetween: (from: number, to: number, starts: number): string =>
      batches(
        `(SELECT 0 AS slice, false AS own, t, ${ROW_COLUMN}, text FROM (${outcomes(starts)})
          WHERE t > ${from * 1_000} AND t <= ${to * 1_000} AND began < ${to * 1_000})`,
        OUTCOMES_MAX,
      ),
    requestsWithout: (from: number, to: number, keys: ReadonlySet<string | number>): string => {
      const list = [...keys].map((one) => (typeof one === 'number' ? String(one) : sqlText(one)));
      const rest = list.length === 0 ? '' : ` AND ${sqlName(key)} NOT IN (${list.join(', ')})`;
      return batches(`(${requests} FROM ${relation} WHERE ${between(happened, from, to)}${rest})`, batch);
    },
  };
}

function columnNamed(columns: readonly TableColumn[], name: string): TableColumn {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw new TendError('SPEC_INVALID', `there is no column ${name}`);
  return column;
}

function jsonOf(columns: readonly TableColumn[]): string {
  return `to_json(${structOf(columns)})::VARCHAR`;
}

function structOf(columns: readonly TableColumn[]): string {
  return `{${columns.map((column) => `${sqlText(column.name)}: ${jsonValue(column)}`).join(', ')}}`;
}

/** A raw value as a request spells it: times as milliseconds, what is no number as null. */
function jsonValue({ name, type }: TableColumn): string {
  const column = sqlName(name);
  if (type === 'time') return `CASE WHEN isfinite(${column}) THEN epoch_ms(${column}::TIMESTAMP) END`;
  if (type === 'number') return `CASE WHEN isfinite(${column}::DOUBLE) THEN ${column}::DOUBLE END`;
  return type === 'string' || type === 'other' ? `${column}::VARCHAR` : column;
}
