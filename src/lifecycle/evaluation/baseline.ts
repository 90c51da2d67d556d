import { TendError } from '../../kernel/error.ts';
import type { Examples, SplitExamples } from '../data/index.ts';

/** The simple answer that a model has to beat: a feature taken as the score, or one number for all. */
export interface BaselineSpec {
  readonly score?: string;
  readonly constant?: 'mean' | 'prior';
}

/**
 * Scores of the baseline on the test rows (length rows). A feature is named as an input (`table.column`) or
 * by its last part; where it is missing, the mean outcome of the training rows stands in.
 * @throws SPEC_INVALID when no feature has the name.
 */
export function baselineScores(baseline: BaselineSpec, split: SplitExamples): Float64Array {
  const { train, test } = split;
  const mean = train.target.reduce((sum, value) => sum + value, 0) / train.rows;
  if (baseline.score === undefined) return new Float64Array(test.rows).fill(mean);
  const values = featureValues(test, baseline.score);
  return values.map((value) => (Number.isNaN(value) ? mean : value));
}

function featureValues(examples: Examples, name: string): Float64Array {
  const found = Object.entries(examples.features.columns).find(
    ([key]) => key === name || key.split('.').at(-1) === name,
  );
  const column = found?.[1];
  if (column === undefined || column.kind === 'category') {
    const known = Object.keys(examples.features.columns).join(', ');
    throw new TendError(
      'SPEC_INVALID',
      `problem.baseline.score: expected a number feature, came ${name}; known: ${known}`,
    );
  }
  return column.values;
}
