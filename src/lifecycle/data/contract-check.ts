import { percentShare } from '../../kernel/schema.ts';
import { sqlName, sqlText } from '../../table/sql-name.ts';
import type { CheckSpec, Severity } from './check-spec.ts';

/**
 * A check ready to run on a table `part`: by row (a condition that is true where a row fails) or as a
 * whole.
 */
export type ContractCheck = RowCheck | RowCountCheck;

interface CheckBase {
  /** The rule in words, as evidence and messages show it. */
  readonly rule: string;
  readonly severity: Severity;
}

/** A rule on each row. */
export interface RowCheck extends CheckBase {
  readonly kind: 'rows';
  readonly column?: string;
  /** SQL condition over `part`: true on a row that breaks the rule. */
  readonly fails: string;
  /** Share of rows that may fail. */
  readonly tolerance: number;
}

/** A rule on the number of rows of a partition. */
export interface RowCountCheck extends CheckBase {
  readonly kind: 'count';
  readonly between?: readonly [number, number];
  readonly changeAtMost?: number;
}

/** What the checks of a partition may look at besides its own rows. */
export interface CheckSurroundings {
  /** The columns of the partition, without the row position. */
  readonly columns: readonly string[];
  /** Relation of the rows of earlier accepted partitions; undefined for the first. */
  readonly earlier?: string;
  /** Relation of the accepted rows of another source. */
  readonly source: (name: string) => string | undefined;
}

/** The checks of one contract line: a column line may hold several rules. */
export function contractChecks(spec: CheckSpec, around: CheckSurroundings): ContractCheck[] {
  const severity = spec.severity ?? 'error';
  if ('rows' in spec) {
    const { between, change_at_most: change } = spec.rows;
    return [
      ...(between === undefined
        ? []
        : [{ kind: 'count' as const, rule: `rows between ${between.join(' and ')}`, severity, between }]),
      ...(change === undefined
        ? []
        : [
            {
              kind: 'count' as const,
              rule: `rows change at most ${change}`,
              severity,
              changeAtMost: percentShare(change),
            },
          ]),
    ];
  }
  const tolerance = spec.tolerance === undefined ? 0 : percentShare(spec.tolerance);
  const row = (rule: string, fails: string, column?: string): RowCheck => ({
    kind: 'rows',
    rule,
    severity,
    fails,
    tolerance,
    ...(column === undefined ? {} : { column }),
  });
  if ('expect' in spec) return [row(`expect ${spec.expect}`, `NOT coalesce((\n${spec.expect}\n), false)`)];
  if (!('column' in spec)) return [uniqueRows(spec.unique, around.columns, row)];
  return columnChecks(spec, around, row);
}

type MakeRow = (rule: string, fails: string, column?: string) => RowCheck;

function uniqueRows(declared: 'all' | readonly string[], columns: readonly string[], row: MakeRow): RowCheck {
  const keys = declared === 'all' ? columns : declared;
  const firsts = `SELECT min("row") FROM part GROUP BY ${keys.map(sqlName).join(', ')}`;
  return row(`unique: ${declared === 'all' ? 'the whole row' : keys.join(', ')}`, `"row" NOT IN (${firsts})`);
}

function columnChecks(
  spec: Extract<CheckSpec, { column: string }>,
  around: CheckSurroundings,
  row: MakeRow,
): RowCheck[] {
  const { column } = spec;
  const name = sqlName(column);
  const present = `${name} IS NOT NULL`;
  const checks: RowCheck[] = [];
  if (spec.not_null === true) checks.push(row(`${column} is not null`, `${name} IS NULL`, column));
  if (spec.unique === true) {
    const firsts = `SELECT min("row") FROM part WHERE ${present} GROUP BY ${name}`;
    checks.push(row(`${column} is unique`, `${present} AND "row" NOT IN (${firsts})`, column));
  }
  if (spec.matches !== undefined) {
    const fits = `regexp_full_match(${name}::VARCHAR, ${sqlText(spec.matches)})`;
    checks.push(row(`${column} matches ${spec.matches}`, `${present} AND NOT ${fits}`, column));
  }
  if (spec.between !== undefined) {
    const [low, high] = spec.between;
    checks.push(row(`${column} between ${low} and ${high}`, `${name} < ${low} OR ${name} > ${high}`, column));
  }
  if (spec.in !== undefined) checks.push(membership(column, spec.in, around, row));
  if (spec.known !== undefined && around.earlier !== undefined) {
    const seen = `SELECT DISTINCT ${name} FROM ${around.earlier} WHERE ${present}`;
    checks.push(
      row(`${column} occurred in an earlier partition`, `${present} AND ${name} NOT IN (${seen})`, column),
    );
  }
  return checks;
}

function membership(
  column: string,
  allowed: string | readonly (string | number)[],
  around: CheckSurroundings,
  row: MakeRow,
): RowCheck {
  const name = sqlName(column);
  if (typeof allowed !== 'string') {
    const list = allowed.map((value) => (typeof value === 'number' ? value : sqlText(value))).join(', ');
    return row(`${column} in ${allowed.join(', ')}`, `${name} NOT IN (${list})`, column);
  }
  const [source = '', other = ''] = allowed.split('.');
  const relation = around.source(source);
  const values = `SELECT ${sqlName(other)} FROM ${relation} WHERE ${sqlName(other)} IS NOT NULL`;
  const known = relation === undefined ? 'false' : `${name} IN (${values})`;
  const fails = `${name} IS NOT NULL AND NOT ${known}`;
  return row(`${column} in ${allowed}`, fails, column);
}
