import { TendError } from '../../kernel/error.ts';
import { parseJsonText } from '../../store/json-text.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { LogicalType, TableColumn } from '../../table/table-schema.ts';
import type { TableSession } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import type { SourceRelation } from './source-reader.ts';

/**
 * Refuses a source in which a column is of another type than in the last version: one text among a
 * million numbers makes a CSV column a text, and a model would be trained on it without a word. Whole and
 * fractional numbers count as one type.
 * @throws DATA_REFUSED naming each such column with both types.
 */
export async function assertSameTypes(
  scope: Pick<StageScope, 'db' | 'project'>,
  session: TableSession,
  dataset: string,
  source: SourceRelation,
): Promise<void> {
  const last = await scope.db.query
    .selectFrom('dataset_version')
    .select('schema')
    .where('project', '=', scope.project)
    .where('dataset', '=', dataset)
    .where('row_count', '>', 0)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return;
  const before = new Map(
    (parseJsonText(last.schema) as unknown as readonly TableColumn[]).map(({ name, type }) => [name, type]),
  );
  const changed: string[] = [];
  for (const { name, type } of source.columns) {
    const was = before.get(name);
    if (was === undefined || family(was) === family(type)) continue;
    // A column without a value has no type of its own; what it lacks is another rule's matter.
    const [row] = await session.rows(`SELECT count(${sqlName(name)}) AS n FROM ${source.relation}`);
    if (Number(row?.n) > 0) changed.push(`${name} is ${type}, it was ${was}`);
  }
  if (changed.length === 0) return;
  throw new TendError(
    'DATA_REFUSED',
    `source ${dataset}: expected the column types of its last version, came ${changed.join('; ')}`,
    { hint: 'Mend the file; where the change is meant, declare the source under another name.' },
  );
}

function family(type: LogicalType): string {
  return type === 'integer' ? 'number' : type;
}
