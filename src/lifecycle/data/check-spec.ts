import { z } from 'zod';
import { columnText, percentText } from '../../kernel/schema.ts';

/**
 * What a failed check does. `warn`: it is recorded. `quarantine`: the smallest unit it judges, the rows or
 * the partition, is set aside. `error`: the whole partition is set aside.
 */
export const SEVERITIES = ['warn', 'quarantine', 'error'] as const;

const severity = z.enum(SEVERITIES).exactOptional().describe('Default: error.');
const tolerance = percentText.exactOptional().describe('Share of rows that may fail.');
const range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low <= high, { message: 'expected the lower end first' });

const columnRules = z.strictObject({
  column: columnText,
  not_null: z.literal(true).exactOptional(),
  unique: z.literal(true).exactOptional(),
  matches: z
    .string()
    .max(500)
    .exactOptional()
    .describe('A regular expression (RE2) that the whole text fits.'),
  between: range.exactOptional().describe('Inclusive.'),
  in: z
    .union([
      z.array(z.union([z.string(), z.number()])).min(1),
      z.string().regex(/^[a-z][a-z0-9_]*\.\w+$/, 'expected source.column'),
    ])
    .exactOptional()
    .describe('Allowed values, or source.column whose values are allowed.'),
  known: z
    .literal('earlier_partitions')
    .exactOptional()
    .describe('The value occurred in an earlier partition.'),
  tolerance,
  severity,
});

const columnCheck = columnRules.refine(
  ({ column: _column, tolerance: _tolerance, severity: _severity, ...rules }) =>
    Object.keys(rules).length > 0,
  { message: 'expected a rule: not_null, unique, matches, between, in or known' },
);

const tableCheck = z.strictObject({
  unique: z
    .union([z.literal('all'), z.array(columnText).min(1)])
    .describe('No two rows are the same in these.'),
  tolerance,
  severity,
});

const expressionCheck = z.strictObject({
  expect: z.string().min(1).max(1_000).describe('A condition in SQL that holds for every row.'),
  tolerance,
  severity,
});

const rowsCheck = z.strictObject({
  rows: z
    .strictObject({
      between: range.exactOptional(),
      change_at_most: percentText.exactOptional().describe('Against the partition before.'),
    })
    .refine((rows) => Object.keys(rows).length > 0, { message: 'expected between or change_at_most' }),
  severity,
});

/** One line of a data contract. */
export const checkSpec = z.union([columnCheck, tableCheck, expressionCheck, rowsCheck]);

export type CheckSpec = z.output<typeof checkSpec>;
export type Severity = (typeof SEVERITIES)[number];

/** Sources whose values the rules of a contract look up. */
export function referredSources(checks: readonly CheckSpec[]): string[] {
  return checks.flatMap((check) =>
    'column' in check && typeof check.in === 'string' ? [check.in.slice(0, check.in.indexOf('.'))] : [],
  );
}
