import type { Objective } from '../target.ts';
import { expNegative } from './exp-negative.ts';
import type { GrowContext } from './grow-context.ts';

/**
 * Factors multiplied before one logarithm is taken of them: each is at most 2, so the product stays below
 * 2^512, and one logarithm replaces 512.
 */
const FACTORS = 512;
/** Shares of positives are kept this far from 0 and 1, so that the base is finite (34.5 at most). */
const SHARE_MIN = 1e-15;
/** exp(-700) is 1e-304: beyond it nothing changes. */
const MARGIN_MAX = 700;

/**
 * The constant margin that minimises the loss: log-odds of the share of ones, or the mean. 0 without rows.
 */
export function baseMargin(objective: Objective, target: Float64Array): number {
  if (target.length === 0) return 0;
  let sum = 0;
  for (let i = 0; i < target.length; i++) sum += target[i] as number;
  const mean = sum / target.length;
  if (objective === 'regression') return mean;
  const share = Math.min(1 - SHARE_MIN, Math.max(SHARE_MIN, mean));
  return Math.log(share / (1 - share));
}

/**
 * Writes the first and second derivative of the loss at the present scores, as pairs, and returns the mean
 * loss. Log loss l = log(1 + exp(-|s|)) + max(s, 0) - y s: l' = p - y, l'' = p (1 - p). Squared error is
 * halved for the derivatives (l' = s - y, l'' = 1) and whole in the loss returned. NaN without rows.
 */
export function updateGradients(ctx: GrowContext): number {
  return ctx.params.objective === 'binary' ? logisticGradients(ctx) : squaredGradients(ctx);
}

function logisticGradients({ arena, kernel, data, work }: GrowContext): number {
  const { rows } = data;
  const sums = arena.f64.subarray(work.sums / 8, work.sums / 8 + 4);
  if (rows % 2 === 1) {
    // the row that pairs with the last: its factor is 1 and its loss 0
    arena.f64[work.scores / 8 + rows] = MARGIN_MAX;
    arena.f64[data.target / 8 + rows] = 1;
  }
  let loss = 0;
  for (let start = 0; start < rows; start += 2 * FACTORS) {
    const count = Math.min(2 * FACTORS, rows + (rows % 2) - start);
    const at = start * 8;
    kernel.logistic(work.scores + at, data.target + at, count, work.gradients + at, work.sums);
    const [evenProduct, oddProduct, evenLoss, oddLoss] = sums as unknown as readonly [
      number,
      number,
      number,
      number,
    ];
    loss += Math.log(evenProduct) + Math.log(oddProduct) + evenLoss + oddLoss;
  }
  return loss / rows;
}

function squaredGradients({ arena, data, work }: GrowContext): number {
  const { f32, f64 } = arena;
  const gradients = work.gradients / 4;
  let loss = 0;
  for (let i = 0; i < data.rows; i++) {
    const residual = (f64[work.scores / 8 + i] as number) - (f64[data.target / 8 + i] as number);
    f32[gradients + 2 * i] = residual;
    f32[gradients + 2 * i + 1] = 1;
    loss += residual * residual;
  }
  return loss / data.rows;
}

/** Mean loss of margins: log loss in nats, or squared error. NaN without rows. */
export function meanLoss(objective: Objective, scores: Float64Array, target: Float64Array): number {
  return objective === 'binary' ? logisticLoss(scores, target) : squaredLoss(scores, target);
}

function logisticLoss(scores: Float64Array, target: Float64Array): number {
  let loss = 0;
  let product = 1;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    product *= 1 + expNegative(Math.min(Math.abs(score), MARGIN_MAX));
    loss += (score > 0 ? score : 0) - (target[i] as number) * score;
    if (i % FACTORS === FACTORS - 1) {
      loss += Math.log(product);
      product = 1;
    }
  }
  return (loss + Math.log(product)) / scores.length;
}

function squaredLoss(scores: Float64Array, target: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < scores.length; i++) loss += ((scores[i] as number) - (target[i] as number)) ** 2;
  return loss / scores.length;
}
