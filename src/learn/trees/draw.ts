import type { SeededRandom } from '../random.ts';

/** How many of `total` a fraction stands for: at least one when there is any. */
export function drawSize(total: number, fraction: number): number {
  return Math.min(total, Math.max(1, Math.round(total * fraction)));
}

/**
 * Puts `size` of the numbers 0 to rows.length - 1 first and the others after, both ascending; every set is
 * equally likely (selection sampling: Knuth, TAOCP volume 2, 3.4.2, algorithm S).
 */
export function drawFirst(rows: Uint32Array, size: number, random: SeededRandom): void {
  const total = rows.length;
  let chosen = 0;
  for (let i = 0; i < total; i++) {
    if ((total - i) * random.next() < size - chosen) rows[chosen++] = i;
    else rows[size + i - chosen] = i;
  }
}
