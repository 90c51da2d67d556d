import type { SeededRandom } from './random.ts';

/**
 * The first `count` of a random permutation of 0 … rows - 1 (Fisher and Yates), in the order drawn; all if
 * fewer.
 */
export function sampleRows(rows: number, count: number, random: SeededRandom): Uint32Array {
  const all = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) all[i] = i;
  const taken = Math.min(count, rows);
  for (let i = 0; i < taken; i++) {
    const j = i + random.below(rows - i);
    const swap = all[i]!;
    all[i] = all[j]!;
    all[j] = swap;
  }
  return all.subarray(0, taken);
}
