import { TendError } from '../../kernel/error.ts';
import { assertRepeatable } from '../../table/assert-repeatable.ts';
import { aliasOf, asNodes, parseSelect, type SqlNode, walkSql } from '../../table/sql-statement.ts';
import type { TableSession } from '../../table/tables.ts';

/** One column of a row-wise SELECT: its name and the parse tree of its expression. */
export interface ProjectedColumn {
  readonly name: string;
  readonly node: SqlNode;
}

/**
 * Reads a declared SQL file that must be a plain projection: `SELECT expression AS name, … FROM source`, one
 * output row for each input row.
 * @throws SPEC_INVALID for anything that adds, drops or orders rows, and for columns without an own name.
 */
export async function readProjection(
  session: TableSession,
  sql: string,
  source: string,
  origin: string,
): Promise<ProjectedColumn[]> {
  const node = await parseSelect(session, sql, origin);
  assertRepeatable(node, [source], origin);
  const from = node.from_table as SqlNode | undefined;
  const plain =
    node.type === 'SELECT_NODE' &&
    from?.type === 'BASE_TABLE' &&
    node.where_clause == null &&
    node.having == null &&
    node.qualify == null &&
    node.sample == null &&
    asNodes(from.column_name_alias).length === 0 &&
    asNodes(node.group_expressions).length === 0 &&
    asNodes(node.modifiers).length === 0 &&
    asNodes((node.cte_map as SqlNode | undefined)?.map).length === 0;
  if (!plain) {
    throw new TendError('SPEC_INVALID', `${origin}: expected SELECT … FROM ${source} and nothing after it`, {
      hint: 'Row by row: no WHERE, GROUP BY, ORDER BY, JOIN or WITH.',
    });
  }
  assertQualified(node, [source, aliasOf(from)], origin);
  const seen = new Set<string>();
  return asNodes(node.select_list).map((item, index) => {
    if (item.class === 'STAR') {
      throw new TendError('SPEC_INVALID', `${origin}: expected named columns, came *`);
    }
    const own = item.class === 'COLUMN_REF' ? String((item.column_names as unknown[]).at(-1)) : '';
    const name = aliasOf(item) || own;
    if (name === '')
      throw new TendError('SPEC_INVALID', `${origin}: column ${index + 1} needs a name (AS …)`);
    if (seen.has(name.toLowerCase()))
      throw new TendError('SPEC_INVALID', `${origin}: a second column ${name}`);
    seen.add(name.toLowerCase());
    return { name, node: item };
  });
}

/** A name with a point before it must be of the table: the last word alone says what is read. */
function assertQualified(node: SqlNode, tables: readonly string[], origin: string): void {
  const known = tables.map((name) => name.toLowerCase());
  for (const part of walkSql(node)) {
    const names = part.class === 'COLUMN_REF' ? (part.column_names as unknown[]).map(String) : [];
    if (names.length > 2 || (names.length === 2 && !known.includes(String(names[0]).toLowerCase()))) {
      throw new TendError(
        'SPEC_INVALID',
        `${origin}: expected a column of ${tables[0]}, came ${names.join('.')}`,
      );
    }
  }
}
