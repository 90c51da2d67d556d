import { nearest } from '../../kernel/edit-distance.ts';
import { TendError } from '../../kernel/error.ts';
import { sqlText } from '../../table/sql-name.ts';
import type { LogicalType, TableColumn } from '../../table/table-schema.ts';
import type { TableSession } from '../../table/tables.ts';
import type { CheckSpec } from './check-spec.ts';
import { readProjection } from './projection.ts';

/** What a contract is about. */
export interface ContractSubject {
  readonly dataset: string;
  /** Columns that a rule may name, without the position of the row. */
  readonly columns: readonly TableColumn[];
  /** Relation with these columns; only its types matter. */
  readonly relation: string;
  /** Columns of another source; undefined where there is none of the name. */
  readonly source: (name: string) => readonly TableColumn[] | undefined;
}

/**
 * Holds every rule of a contract against the columns of its source, before any row is read.
 * @throws SPEC_INVALID listing all mistakes.
 */
export async function assertContract(
  session: TableSession,
  checks: readonly CheckSpec[],
  subject: ContractSubject,
): Promise<void> {
  const fields: { path: string; message: string }[] = [];
  for (const [index, check] of checks.entries()) {
    for (const message of await mistakesOf(session, check, subject)) {
      fields.push({ path: `data.contract.${subject.dataset}.${index}`, message });
    }
  }
  if (fields.length === 0) return;
  const list = fields.map(({ message }) => message).join('; ');
  throw new TendError('SPEC_INVALID', `contract of ${subject.dataset}: ${list}`, { fields });
}

async function mistakesOf(
  session: TableSession,
  check: CheckSpec,
  subject: ContractSubject,
): Promise<string[]> {
  if ('expect' in check) return expectMistakes(session, check.expect, subject);
  if ('rows' in check) return [];
  if (!('column' in check)) {
    return check.unique === 'all' ? [] : check.unique.flatMap((name) => unknownColumn(name, subject.columns));
  }
  const column = subject.columns.find(({ name }) => name === check.column);
  if (column === undefined) return unknownColumn(check.column, subject.columns);
  const mistakes: string[] = [];
  if (check.between !== undefined && family(column.type) !== 'number') {
    mistakes.push(`between needs numbers, ${column.name} is of type ${column.type}`);
  }
  if (check.matches !== undefined) mistakes.push(...(await patternMistakes(session, check.matches)));
  if (typeof check.in === 'string') mistakes.push(...referenceMistakes(column, check.in, subject));
  else if (check.in !== undefined) mistakes.push(...listMistakes(column, check.in));
  return mistakes;
}

function unknownColumn(name: string, columns: readonly TableColumn[]): string[] {
  const known = columns.map((column) => column.name);
  if (known.includes(name)) return [];
  const near = nearest(name, known);
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
  return [`there is no column ${name}; ${hint}`];
}

/** Types whose values can be equal. */
function family(type: LogicalType): string {
  return type === 'integer' ? 'number' : type;
}

function listMistakes(column: TableColumn, allowed: readonly (string | number)[]): string[] {
  const odd = allowed.find((value) => typeof value !== family(column.type));
  if (odd === undefined) return [];
  return [`${column.name} is of type ${column.type}, which ${JSON.stringify(odd)} is not`];
}

function referenceMistakes(column: TableColumn, reference: string, subject: ContractSubject): string[] {
  const [source = '', name = ''] = reference.split('.');
  const columns = subject.source(source);
  if (columns === undefined) return [`there is no source ${source} to look up ${column.name} in`];
  const other = columns.find((candidate) => candidate.name === name);
  if (other === undefined) return unknownColumn(name, columns).map((mistake) => `${source}: ${mistake}`);
  if (family(other.type) === family(column.type)) return [];
  return [`${column.name} is of type ${column.type}, ${reference} of type ${other.type}`];
}

async function patternMistakes(session: TableSession, pattern: string): Promise<string[]> {
  const error = await errorOf(session.run(`SELECT regexp_full_match('', ${sqlText(pattern)})`));
  return error === undefined ? [] : [`${pattern} is no regular expression (RE2): ${error}`];
}

/** One condition over the partition, without aggregates, files, or anything that another day would change. */
async function expectMistakes(
  session: TableSession,
  expect: string,
  subject: ContractSubject,
): Promise<string[]> {
  const sql = `SELECT (\n${expect}\n) AS holds FROM part`;
  try {
    const columns = await readProjection(session, sql, 'part', `expect ${expect}`);
    if (columns.length !== 1) return [`expect ${expect}: expected one condition`];
  } catch (error) {
    if (error instanceof TendError && error.code === 'SPEC_INVALID') return [error.message];
    throw error;
  }
  // Where a row is chosen, no aggregate can stand; beside false, nothing but a condition.
  const bound = `WITH part AS (SELECT * FROM ${subject.relation} LIMIT 0)`;
  const error = await errorOf(
    session.run(`${bound} SELECT 1 FROM part WHERE NOT coalesce((\n${expect}\n), false)`),
  );
  return error === undefined ? [] : [`expect ${expect}: ${error}`];
}

async function errorOf(run: Promise<void>): Promise<string | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
