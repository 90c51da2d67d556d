import type { AppendedColumn } from '../../table/append-columns.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { EngineColumn } from './arrived-rows.ts';
import type { ReceivedRow } from './received-row.ts';

/** Engine types whose values come as numbers: moments as milliseconds, true and false as 1 and 0. */
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL|BOOLEAN|DATE|TIMESTAMP)/;

/** Whether values of an engine type come as texts. */
export function isText(engineType: string): boolean {
  return !NUMERIC.test(engineType);
}

/** SQL for a moment out of its milliseconds. */
export function moment(column: string): string {
  return `make_timestamp((${column} * 1000)::BIGINT)`;
}

/** SQL for a raw value out of the number or text that it came as. */
export function typedValue(name: string, engineType: string): string {
  return /^(TIMESTAMP|DATE)/.test(engineType)
    ? `${moment(sqlName(name))}::${engineType}`
    : `${sqlName(name)}::${engineType}`;
}

/** The raw values of rows by column, as numbers and texts. */
export function rawColumns(raw: readonly EngineColumn[], rows: readonly ReceivedRow[]): AppendedColumn[] {
  return raw.map(({ name, engineType }, place) => ({
    name,
    kind: isText(engineType) ? 'text' : 'number',
    values: rows.map(({ values }) => values[place] ?? null),
  }));
}
