import { parseTime } from '../../../decide/expression/parse-time.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { TableColumn } from '../../../table/table-schema.ts';
import type { CompiledFeatures } from '../../data/index.ts';
import type { LoggedOutcome } from './outcome-log.ts';

/** The column of the position in the source. */
const ROW = 'row';

/**
 * Positions of received rows whose key is no position start here: far beyond any file, and exact as a number
 * with room for as many rows again.
 */
const FIRST_RECEIVED_ROW = 2 ** 45;

/**
 * The raw columns that an outcome brings: those of the source that no request has and that its key is not.
 */
export function outcomeColumns(features: CompiledFeatures, key: string | null): readonly TableColumn[] {
  const fields = new Set(features.definition.fields.map((field) => field.name));
  const sql = features.outcomeSql.toLowerCase();
  // As a word of its own: `id` is no part of `paid`.
  const needs = (name: string): boolean =>
    sql.split(name.toLowerCase()).some((before, i, all) => {
      const next = all[i + 1];
      return next !== undefined && !/[\p{L}\p{N}_$]$/u.test(before) && !/^[\p{L}\p{N}_$]/u.test(next);
    });
  return features.columns.filter(
    ({ name }) => name !== ROW && name !== key && !fields.has(name) && needs(name),
  );
}

/**
 * The raw columns of the source but the position, in its order, as a prediction and its outcome say them;
 * null where neither does. Moments are milliseconds UTC.
 */
export function rawValues(
  features: CompiledFeatures,
  key: string | null,
  record: PredictionRecord,
  outcome: Pick<LoggedOutcome, 'values'>,
): (number | string | boolean | null)[] {
  const values: (number | string | boolean | null)[] = [];
  for (const { name, type } of features.columns) {
    if (name === ROW) continue;
    const said = outcome.values[name] ?? record.fields[name] ?? (name === key ? record.key : null);
    values.push(type === 'time' ? momentOf(said) : isScalar(said) ? said : null);
  }
  return values;
}

function isScalar(value: unknown): value is number | string | boolean {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

function momentOf(value: unknown): number | null {
  if (typeof value === 'number') return Math.floor(value);
  if (typeof value !== 'string') return null;
  const ms = parseTime(value);
  return Number.isFinite(ms) ? ms : null;
}

/**
 * Where a received row stands in the dataset: at its key where that is the position, else in the order of
 * receipt.
 */
export function positionOf(key: string | null, record: PredictionRecord, sequence: number): number {
  if (key === ROW && typeof record.key === 'number') return record.key;
  return FIRST_RECEIVED_ROW + sequence;
}
