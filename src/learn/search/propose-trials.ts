import { TendError } from '../../kernel/error.ts';
import { seededRandom } from '../random.ts';
import type { Objective } from '../target.ts';
import { defaultTreeParams, type TreeParams } from '../trees/tree-params.ts';
import type { Trial } from './trial.ts';

/** What the list of trials depends on. */
export interface ProposeTrialsInput {
  /** How many, at least one. */
  readonly trials: number;
  /** Boosting rounds of a tree trial at most; early stopping usually ends it before. */
  readonly rounds: number;
  readonly seed: number;
  /** Training rows: with few, leaves must be allowed to hold few. */
  readonly rows: number;
  readonly kind: 'classification' | 'regression';
}

type Shape = Partial<Omit<TreeParams, 'objective' | 'rounds' | 'patience'>>;

/**
 * Tried first, in this order: what suits most data before what suits some. The members after the first differ
 * as those of published portfolios do (AutoGluon's zero-shot portfolio, TabRepo, Salinas and Erickson 2024).
 */
const PORTFOLIO: readonly (Shape | 'linear')[] = [
  {},
  { leaves: 15, rowsPerLeafMin: 40, featureFraction: 0.7, rowFraction: 0.8, l2: 5 },
  'linear',
  { leaves: 7, rowsPerLeafMin: 5, featureFraction: 0.6 },
  { leaves: 63, rowsPerLeafMin: 10, featureFraction: 0.5, l2: 1 },
  { leaves: 128, rowsPerLeafMin: 3, featureFraction: 0.9, learningRate: 0.03 },
];

/** scikit-learn's defaults: C = 1, alpha = 1. */
const LINEAR_L2 = 1;
/** Of the training rows, what a leaf may be asked to hold at most: tiny sets must still be able to split. */
const LEAF_SHARE_MAX = 1 / 50;
/** Rounds without gain, in units of learning rate: 30 rounds at 0.1. */
const PATIENCE_STEPS = 3;
const PATIENCE_MAX = 100;

/**
 * The configurations to train: good defaults, then a fixed portfolio, then seeded random draws. The list
 * depends on the input alone, never on results, and a longer list starts with the shorter one.
 * @throws INVALID_INPUT unless `trials` and `rounds` are whole and at least 1.
 */
export function proposeTrials(input: ProposeTrialsInput): Trial[] {
  const { trials, rounds } = input;
  if (!Number.isInteger(trials) || trials < 1 || !Number.isInteger(rounds) || rounds < 1) {
    throw new TendError(
      'INVALID_INPUT',
      `expected at least 1 trial and 1 round, got ${trials} and ${rounds}`,
    );
  }
  const objective: Objective = input.kind === 'classification' ? 'binary' : 'regression';
  return Array.from({ length: trials }, (_, index) => {
    const shape = PORTFOLIO[index] ?? drawShape(input.seed, index);
    return shape === 'linear'
      ? { index, family: 'linear', params: { objective, l2: LINEAR_L2 } }
      : { index, family: 'trees', params: treeParams(input, objective, shape) };
  });
}

function treeParams({ rows, rounds }: ProposeTrialsInput, objective: Objective, shape: Shape): TreeParams {
  const params = { ...defaultTreeParams(objective), ...shape, rounds };
  const rowsPerLeafMin = Math.max(1, Math.min(params.rowsPerLeafMin, Math.floor(rows * LEAF_SHARE_MAX)));
  const patience = Math.min(PATIENCE_MAX, Math.ceil(PATIENCE_STEPS / params.learningRate));
  return { ...params, rowsPerLeafMin, patience };
}

/**
 * The space that matters for such trees (the ranges of FLAML and AutoGluon, narrowed to what serves quickly).
 */
function drawShape(seed: number, index: number): Shape {
  const random = seededRandom(seed, index);
  const uniform = (least: number, most: number): number => least + (most - least) * random.next();
  const logUniform = (least: number, most: number): number =>
    Math.exp(uniform(Math.log(least), Math.log(most)));
  return {
    learningRate: round(logUniform(0.02, 0.2)),
    leaves: Math.round(logUniform(4, 255)),
    rowsPerLeafMin: Math.round(logUniform(2, 64)),
    featureFraction: round(uniform(0.4, 1)),
    rowFraction: round(uniform(0.6, 1)),
    l1: random.next() < 0.5 ? 0 : round(logUniform(0.001, 2)),
    l2: round(logUniform(0.001, 10)),
  };
}

/** Three digits: a configuration is read by people and differs in no way that matters. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
