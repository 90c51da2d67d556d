import type { TableSession } from './tables.ts';

/** What a column holds, whatever the engine or file calls it. */
export type LogicalType = 'integer' | 'number' | 'string' | 'time' | 'boolean' | 'other';

/** A column by name, and what it holds. */
export interface TableColumn {
  readonly name: string;
  readonly type: LogicalType;
}

const LOGICAL: readonly (readonly [RegExp, LogicalType])[] = [
  [/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/, 'integer'],
  [/^(FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/, 'number'],
  [/^(VARCHAR|ENUM\(.*\)|UUID)$/s, 'string'],
  [/^(TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE|DATE)$/, 'time'],
  [/^BOOLEAN$/, 'boolean'],
];

/** Columns of a relation, in its order. */
export async function tableSchema(session: TableSession, relation: string): Promise<TableColumn[]> {
  const rows = await session.rows(`DESCRIBE SELECT * FROM ${relation}`);
  return rows.map((row) => ({ name: String(row.column_name), type: logicalType(String(row.column_type)) }));
}

/** The logical type of an engine type's name. */
export function logicalType(engineType: string): LogicalType {
  for (const [pattern, type] of LOGICAL) if (pattern.test(engineType)) return type;
  return 'other';
}
