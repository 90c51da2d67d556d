import { orderAscending } from './order.ts';

/** Rows by ascending score, which is all that a ranking metric looks at. */
export interface Ranking {
  /** Row numbers, length n, lowest score first. */
  readonly order: Uint32Array;
  /** 1 where the row at this place of the order has target 1. */
  readonly positive: Uint8Array;
  /** 1 at the last place of each run of equal scores. */
  readonly runEnd: Uint8Array;
}

/** The ranking of `score` (no NaN) with `target` 0 or 1. O(n). */
export function rankingOf(target: Float64Array, score: Float64Array): Ranking {
  const order = orderAscending(score);
  const rows = order.length;
  const positive = new Uint8Array(rows);
  const runEnd = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    positive[i] = target[order[i]!] === 1 ? 1 : 0;
    runEnd[i] = i + 1 === rows || score[order[i + 1]!] !== score[order[i]!] ? 1 : 0;
  }
  return { order, positive, runEnd };
}
