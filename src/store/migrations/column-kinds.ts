import type { CreateTableBuilder } from 'kysely';

/**
 * `text` and `json` are text, `time` is milliseconds UTC, `flag` is 0 or 1, `real` is a double; `?` allows
 * null. One spelling for both dialects: SQLite takes the affinity from the name, PostgreSQL the type.
 */
export type ColumnKind = 'text' | 'json' | 'integer' | 'time' | 'flag' | 'real';

const SQL_TYPES = {
  text: 'text',
  json: 'text',
  integer: 'bigint',
  time: 'bigint',
  flag: 'integer',
  real: 'double precision',
} as const satisfies Record<ColumnKind, string>;

/** Adds columns in the order of `columns`, for instance `{ id: 'text', ended_at: 'time?' }`. */
export function addColumns(
  table: CreateTableBuilder<string>,
  columns: Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>,
): CreateTableBuilder<string> {
  let built = table;
  for (const [name, kind] of Object.entries(columns)) {
    const nullable = kind.endsWith('?');
    const type = SQL_TYPES[(nullable ? kind.slice(0, -1) : kind) as ColumnKind];
    built = built.addColumn(name, type, (column) => (nullable ? column : column.notNull())) as typeof table;
  }
  return built;
}
