import { TendError } from '../../kernel/error.ts';
import type { Objective } from '../target.ts';

/** Bins hold a byte, and one value of the byte is kept for missing. */
export const BINS_MAX = 255;
/** A tree of more leaves costs more to serve than a round more of boosting gains. */
export const LEAVES_MAX = 4_096;

/** What shapes a gradient-boosted tree model. */
export interface TreeParams {
  readonly objective: Objective;
  /** Boosting rounds at most. */
  readonly rounds: number;
  readonly learningRate: number;
  /** Leaves of one tree at most. */
  readonly leaves: number;
  /** Levels of splits at most; 0 is no limit. */
  readonly depthMax: number;
  /** Training rows on either side of a split at least. */
  readonly rowsPerLeafMin: number;
  /** Sum of second derivatives on either side of a split at least. */
  readonly hessianPerLeafMin: number;
  /** A split must lower the loss (second-order estimate, times two) by more than this. */
  readonly gainMin: number;
  readonly l1: number;
  readonly l2: number;
  /** Share of features drawn for each tree, above 0 to 1. */
  readonly featureFraction: number;
  /** Share of rows drawn (without replacement) for each tree, above 0 to 1. */
  readonly rowFraction: number;
  /** Quantile bins of one feature at most. */
  readonly bins: number;
  /** Rounds without a better validation loss before training stops; 0 never stops early. */
  readonly patience: number;
}

/** Settings that do well without tuning: those that LightGBM 4 starts from, with room for early stopping. */
export function defaultTreeParams(objective: Objective): TreeParams {
  return {
    objective,
    rounds: 100,
    learningRate: 0.1,
    leaves: 31,
    depthMax: 0,
    rowsPerLeafMin: 20,
    hessianPerLeafMin: 1e-3,
    gainMin: 0,
    l1: 0,
    l2: 0,
    featureFraction: 1,
    rowFraction: 1,
    bins: BINS_MAX,
    patience: 0,
  };
}

/** [field, least, greatest, whole number, least is excluded] */
const RANGES: readonly (readonly [
  Exclude<keyof TreeParams, 'objective'>,
  number,
  number,
  boolean,
  boolean,
])[] = [
  ['rounds', 0, 100_000, true, false],
  ['learningRate', 0, 1, false, true],
  ['leaves', 2, LEAVES_MAX, true, false],
  ['depthMax', 0, LEAVES_MAX, true, false],
  ['rowsPerLeafMin', 1, Number.MAX_SAFE_INTEGER, true, false],
  ['hessianPerLeafMin', 0, Number.MAX_VALUE, false, false],
  ['gainMin', 0, Number.MAX_VALUE, false, false],
  ['l1', 0, Number.MAX_VALUE, false, false],
  ['l2', 0, Number.MAX_VALUE, false, false],
  ['featureFraction', 0, 1, false, true],
  ['rowFraction', 0, 1, false, true],
  ['bins', 2, BINS_MAX, true, false],
  ['patience', 0, Number.MAX_SAFE_INTEGER, true, false],
];

/** @throws INVALID_INPUT naming every field outside its range. */
export function checkTreeParams(params: TreeParams): void {
  const fields = RANGES.flatMap(([name, least, greatest, whole, open]) => {
    const value = params[name];
    const inside = value >= least && value <= greatest && !(open && value === least);
    if (inside && (!whole || Number.isInteger(value))) return [];
    const kind = whole ? 'a whole number' : 'a number';
    const expected = `${kind} ${open ? 'above' : 'from'} ${least} to ${greatest}`;
    return [{ path: name, message: `expected ${expected}, got ${value}` }];
  });
  if (fields.length === 0) return;
  const text = fields.map((field) => `${field.path}: ${field.message}`).join('; ');
  throw new TendError('INVALID_INPUT', `these training parameters are out of range: ${text}`, { fields });
}
