import type { Frame } from '../../../kernel/column.ts';
import { TendError } from '../../../kernel/error.ts';
import { type InputProfile, profileColumn } from './input-profile.ts';

export type { InputProfile } from './input-profile.ts';

/** The score's name among the inputs: no column is called so. */
export const SCORE_NAME = '(score)';

/** What the model saw when it was made; live traffic of the release is held against it. */
export interface ReferenceProfile {
  /** SHA-256 of the release manifest. */
  readonly release: string;
  readonly rows: number;
  readonly inputs: readonly InputProfile[];
  /** The scores on its test rows, which it had not learnt. */
  readonly score: InputProfile;
  /** Figures of the evaluation on its test rows, by metric. */
  readonly test: Readonly<Record<string, number | null>>;
}

/**
 * Profiles the inputs (rows of `features`) and the scores (of other rows, of any number). Cost: one sort for
 * each number.
 */
export function profileExamples(
  inputs: readonly { readonly name: string; readonly type: 'number' | 'string' }[],
  features: Frame,
  scores: Float64Array,
): Pick<ReferenceProfile, 'inputs' | 'score'> {
  return {
    inputs: inputs.map(({ name }) => {
      const column = features.columns[name];
      if (column === undefined) throw new TendError('INTERNAL', `there is no input ${name} to profile`);
      return profileColumn(name, column);
    }),
    score: profileColumn(SCORE_NAME, { kind: 'number', values: scores }),
  };
}
