import { z } from 'zod';
import { parseDuration } from '../../kernel/duration.ts';
import { columnText, durationText, filePath } from '../../kernel/schema.ts';
import { checkSpec } from './check-spec.ts';

const sourceName = z
  .string()
  .regex(
    /^(?!tend_)[a-z][a-z0-9_]*$/,
    'expected a lower-case name that SQL can spell, not starting with tend_',
  )
  .max(63);

/** A feature table is computed at each boundary: a month has 44,640 minutes. */
const REFRESH_MS_MIN = 60_000;

function isRefresh(text: string): boolean {
  const ms = parseDuration(text) ?? Number.NaN;
  return ms >= REFRESH_MS_MIN && Number.isInteger(ms);
}

/**
 * Where data comes from. `npm:package/path` reads a file of an installed package, else a path beside
 * tend.yaml.
 */
export const sourceSpec = z.strictObject({
  type: z.enum(['parquet', 'csv']),
  uri: z.string().min(1).max(500),
  delimiter: z.enum([',', ';', '\t', '|']).exactOptional().describe('Of a CSV file; a comma if absent.'),
  partition: z
    .enum(['month', 'day', 'none'])
    .exactOptional()
    .describe('The unit that is checked and replaced.'),
  time: columnText.exactOptional().describe('The column that says when a row happened.'),
});

/** A feature table: SQL over the rows available at $at, one row for each key. */
export const featureTableSpec = z.strictObject({
  sql: filePath,
  key: z.union([columnText, z.array(columnText).min(1)]),
  refresh: durationText
    .refine(isRefresh, { message: 'expected at least 1m, in whole milliseconds' })
    .describe('Boundaries of the project clock at which it is computed.'),
});

/** Model inputs, one definition for training and serving. */
export const featuresSpec = z.strictObject({
  source: sourceName.exactOptional().describe('The source that holds the examples; the first one if absent.'),
  request: filePath.describe('SQL, row by row, over the fields of a request.'),
  outcome: filePath.describe('SQL, row by row, once the outcome is known: the target and when it arrived.'),
  tables: z.record(sourceName, featureTableSpec).exactOptional(),
  row_key: columnText
    .exactOptional()
    .describe('What an outcome refers to; the position of the row if absent.'),
  time: columnText.exactOptional().describe('The feature that says when the decision is taken.'),
  available: columnText.exactOptional().describe('The outcome column that says when the outcome arrived.'),
  target: columnText.describe('The outcome column to predict.'),
  slices_only: z
    .array(columnText)
    .exactOptional()
    .describe('Features that make groups but are no model inputs.'),
});

/** How the known examples are divided. By time: the newest are the test. By hash: a share of the row keys. */
export const splitSpec = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('time'),
    first_window: durationText.describe('How far back the first model looks.'),
    validation: durationText,
    test: durationText,
  }),
  z.strictObject({
    by: z.literal('hash'),
    validation: z.number().gt(0).lt(0.9),
    test: z.number().gt(0).lt(0.9),
  }),
]);

/** The `data` part of tend.yaml. */
export const dataSpec = z.strictObject({
  sources: z.record(sourceName, sourceSpec).refine((sources) => Object.keys(sources).length > 0, {
    message: 'expected at least one source',
  }),
  contract: z.record(sourceName, z.array(checkSpec)).exactOptional(),
  features: featuresSpec,
});

export type DataSpec = z.output<typeof dataSpec>;
export type SourceSpec = z.output<typeof sourceSpec>;
export type FeaturesSpec = z.output<typeof featuresSpec>;
export type SplitSpec = z.output<typeof splitSpec>;
