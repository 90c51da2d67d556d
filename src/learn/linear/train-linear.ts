import { TendError } from '../../kernel/error.ts';
import { checkMatrix, type FeatureMatrix } from '../matrix.ts';
import { checkTarget, type Objective } from '../target.ts';
import { type ColumnMoments, columnMoments } from './column-moments.ts';
import { minimise } from './minimise.ts';
import { addColumn, type LinearModel } from './linear-model.ts';
import { solveRidge } from './ridge.ts';

/** What shapes a linear model. */
export interface LinearParams {
  readonly objective: Objective;
  /**
   * Penalty on the squared coefficients of standardised columns; the intercept is free. The sum minimised is
   * log loss + l2 / 2 |w|^2 for `binary` (scikit-learn's C is 1 / l2), squared error + l2 |w|^2 for
   * `regression` (its Ridge alpha); 0 is ordinary least squares.
   */
  readonly l2: number;
}

/** Normal equations cost rows * features^2 and hold features^2 numbers; above this L-BFGS is cheaper. */
const NORMAL_EQUATIONS_FEATURES_MAX = 1_000;

/**
 * Ridge regression (normal equations, exact) or logistic regression (L-BFGS) on standardised columns, missing
 * values at the mean. Deterministic. Needs 16 bytes a row.
 * @throws INVALID_INPUT for shapes, targets or a penalty out of range, or an infinite feature value.
 */
export function trainLinear(input: {
  readonly matrix: FeatureMatrix;
  readonly target: Float64Array;
  readonly params: LinearParams;
}): LinearModel {
  const { matrix, target, params } = input;
  if (!(params.l2 >= 0 && params.l2 < Number.POSITIVE_INFINITY)) {
    throw new TendError('INVALID_INPUT', `expected l2 from 0 upwards, got ${params.l2}`);
  }
  checkMatrix(matrix);
  checkTarget(target, matrix.rows, params.objective);
  const moments = columnMoments(matrix);
  const exact = params.objective === 'regression' && matrix.columns.length <= NORMAL_EQUATIONS_FEATURES_MAX;
  const { intercept, coefficients } = exact
    ? solveRidge(matrix, moments, target, params.l2)
    : descend(matrix, moments, target, params);
  const { means, scales } = moments;
  return {
    kind: 'linear',
    objective: params.objective,
    features: matrix.names,
    intercept,
    coefficients,
    means,
    scales,
  };
}

/** Minimises the mean loss over the coefficients and, last, the intercept. */
function descend(matrix: FeatureMatrix, moments: ColumnMoments, target: Float64Array, params: LinearParams) {
  const d = matrix.columns.length;
  const rows = Math.max(1, matrix.rows);
  const margins = new Float64Array(matrix.rows);
  // penalty l2 |w|^2 of squared error, l2 / 2 |w|^2 of log loss: per row, with squared error halved, both are
  // half
  const penalty = params.l2 / rows;
  const objective = (w: Float64Array, gradient: Float64Array): number => {
    margins.fill(w[d] as number);
    for (const [j, column] of matrix.columns.entries()) {
      if (moments.constant[j] === 1) continue;
      addColumn(
        margins,
        column,
        (w[j] as number) / (moments.scales[j] as number),
        moments.means[j] as number,
      );
    }
    let loss = params.objective === 'binary' ? logistic(margins, target) : squared(margins, target);
    gradient[d] = sumOf(margins) / rows;
    let squares = 0;
    for (const [j, column] of matrix.columns.entries()) {
      const weight = w[j] as number;
      squares += weight * weight;
      const along = moments.constant[j] === 1 ? 0 : dotColumn(margins, column, moments.means[j] as number);
      gradient[j] = along / ((moments.scales[j] as number) * rows) + penalty * weight;
    }
    loss /= rows;
    return loss + (penalty / 2) * squares;
  };
  const { w } = minimise(objective, d + 1);
  return { intercept: w[d] as number, coefficients: w.slice(0, d) };
}

/** Total log loss; the margins become its derivatives p - y. */
function logistic(margins: Float64Array, target: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < margins.length; i++) {
    const margin = margins[i] as number;
    const label = target[i] as number;
    const small = Math.exp(-Math.abs(margin));
    loss += Math.log1p(small) + Math.max(margin, 0) - label * margin;
    margins[i] = (margin >= 0 ? 1 : small) / (1 + small) - label;
  }
  return loss;
}

/** Half the total squared error; the margins become the residuals. */
function squared(margins: Float64Array, target: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < margins.length; i++) {
    const residual = (margins[i] as number) - (target[i] as number);
    loss += (residual * residual) / 2;
    margins[i] = residual;
  }
  return loss;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}

/** Sum of derivative times centred value; a missing value is at the centre. */
function dotColumn(derivatives: Float64Array, column: Float32Array, mean: number): number {
  let sum = 0;
  for (let i = 0; i < derivatives.length; i++) {
    const x = column[i] as number;
    if (x === x) sum += (derivatives[i] as number) * (x - mean);
  }
  return sum;
}
