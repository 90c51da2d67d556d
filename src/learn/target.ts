import { TendError } from '../kernel/error.ts';

/** What a model predicts: log-odds of a 0/1 target, or the number itself. */
export type Objective = 'binary' | 'regression';

/** @throws INVALID_INPUT unless there are `rows` finite values, each 0 or 1 where the objective is binary. */
export function checkTarget(target: Float64Array, rows: number, objective: Objective): void {
  if (target.length !== rows) {
    throw new TendError('INVALID_INPUT', `expected ${rows} target values, got ${target.length}`);
  }
  for (let i = 0; i < rows; i++) {
    const value = target[i] ?? Number.NaN;
    if (objective === 'binary' ? value !== 0 && value !== 1 : !Number.isFinite(value)) {
      const expected = objective === 'binary' ? '0 or 1' : 'a finite number';
      throw new TendError('INVALID_INPUT', `expected ${expected} as the target of row ${i}, got ${value}`);
    }
  }
}
