import { TendError } from '../../kernel/error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import type { TableRow, TableSession } from '../../table/tables.ts';
import type { ContractCheck, RowCheck, RowCountCheck } from './contract-check.ts';
import type { Severity } from './check-spec.ts';
import { KNOWN_COLUMN } from './source-reader.ts';

/** Rows kept as a sample of what broke a rule: enough to recognise the defect. */
const SAMPLE_ROWS = 5;

/** How one rule came out on one partition. */
export interface CheckResult {
  readonly rule: string;
  readonly severity: Severity;
  readonly verdict: 'pass' | 'fail';
  /** Rows that break the rule; for a rule on the row count, the count itself. */
  readonly rows: number;
  readonly samples: readonly TableRow[];
}

/** What the checks decided about the rows in table `part`. */
export interface CheckedPartition {
  readonly results: readonly CheckResult[];
  /** SQL conditions of the rows to set aside. */
  readonly quarantine: readonly string[];
  /** Why the whole partition is set aside; undefined when it is accepted. */
  readonly refused?: string;
}

/**
 * Runs every check on the temporary table `part`: one scan for all rules on rows, then samples of the
 * failures.
 * @throws DATA_REFUSED naming the rule that cannot be judged on these rows.
 */
export async function checkPartition(
  session: TableSession,
  checks: readonly ContractCheck[],
  rows: number,
  rowsBefore: number | undefined,
): Promise<CheckedPartition> {
  const rowChecks = checks.filter((check) => check.kind === 'rows');
  const counts = await countFailures(session, rowChecks);
  const results: CheckResult[] = [];
  const quarantine: string[] = [];
  const refusals: string[] = [];
  for (const check of checks) {
    const result =
      check.kind === 'rows'
        ? await rowResult(session, check, counts.get(check) ?? 0, rows)
        : countResult(check, rows, rowsBefore);
    results.push(result);
    if (result.verdict === 'pass' || check.severity === 'warn') continue;
    if (check.severity === 'quarantine' && check.kind === 'rows') quarantine.push(check.fails);
    else
      refusals.push(
        check.kind === 'rows'
          ? `${result.rows} rows break: ${check.rule}`
          : describeCount(check, rows, rowsBefore),
      );
  }
  return { results, quarantine, ...(refusals.length === 0 ? {} : { refused: refusals.join('; ') }) };
}

async function countFailures(
  session: TableSession,
  checks: readonly RowCheck[],
): Promise<ReadonlyMap<RowCheck, number>> {
  if (checks.length === 0) return new Map();
  const list = checks.map((check, index) => `count_if(${check.fails}) AS f${index}`).join(', ');
  try {
    const [row] = await session.rows(`SELECT ${list} FROM part`);
    return new Map(checks.map((check, index) => [check, Number(row?.[`f${index}`] ?? 0)]));
  } catch (cause) {
    // One by one, to find the rule at fault; a list of one is at fault itself.
    if (checks.length > 1) for (const check of checks) await countFailures(session, [check]);
    if (!(cause instanceof TendError) || cause.code !== 'SOURCE_UNREADABLE') throw cause;
    throw new TendError('DATA_REFUSED', `cannot judge "${checks[0]?.rule}": ${cause.message}`, { cause });
  }
}

async function rowResult(
  session: TableSession,
  check: RowCheck,
  failing: number,
  rows: number,
): Promise<CheckResult> {
  const samples =
    failing === 0
      ? []
      : await session.rows(
          `SELECT * EXCLUDE (${KNOWN_COLUMN}) FROM part
           WHERE ${check.fails} ORDER BY "row" LIMIT ${SAMPLE_ROWS}`,
        );
  const verdict = failing <= check.tolerance * rows ? 'pass' : 'fail';
  return { rule: check.rule, severity: check.severity, verdict, rows: failing, samples };
}

function countResult(check: RowCountCheck, rows: number, before: number | undefined): CheckResult {
  const [low, high] = check.between ?? [0, Number.POSITIVE_INFINITY];
  const difference = Math.abs(rows - (before ?? rows));
  const change = difference === 0 ? 0 : difference / (before ?? rows);
  const holds = rows >= low && rows <= high && change <= (check.changeAtMost ?? Number.POSITIVE_INFINITY);
  return { rule: check.rule, severity: check.severity, verdict: holds ? 'pass' : 'fail', rows, samples: [] };
}

function describeCount(check: RowCountCheck, rows: number, before: number | undefined): string {
  const than = before === undefined ? '' : `, the partition before had ${before}`;
  return `${rows} rows break: ${check.rule}${than}`;
}

/** The condition of the rows that stay, for a set of quarantine conditions. */
export function keptCondition(quarantine: readonly string[]): string {
  if (quarantine.length === 0) return 'true';
  return `NOT (${quarantine.map((condition) => `coalesce((${condition}), false)`).join(' OR ')})`;
}

/**
 * Results as JSON for evidence. Moments of a sample are written as such: a reader is to recognise the row.
 */
export function checkResultsJson(
  results: readonly CheckResult[],
  columns: readonly TableColumn[],
): JsonObject[] {
  const moments = new Set(columns.filter((column) => column.type === 'time').map((column) => column.name));
  return results.map((result) => ({
    rule: result.rule,
    severity: result.severity,
    verdict: result.verdict,
    rows: result.rows,
    samples: result.samples.map((row) => sampleJson(row, moments)),
  }));
}

function sampleJson(row: TableRow, moments: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      moments.has(key) && typeof value === 'number' ? new Date(value).toISOString() : value,
    ]),
  );
}

/** Select list of a table without the rows set aside, in row order. */
export function keptRows(columns: readonly string[], quarantine: readonly string[]): string {
  const names = columns.map(sqlName).join(', ');
  return `SELECT ${names} FROM part WHERE ${keptCondition(quarantine)} ORDER BY "row"`;
}
