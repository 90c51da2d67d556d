/** Rows by bin, of a reference and of a window; both have the same bins. Shares are counts over their sum. */
export interface BinnedPair {
  readonly reference: ArrayLike<number>;
  readonly current: ArrayLike<number>;
}

/** Sum of counts. */
export function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i] as number;
  return sum;
}

/**
 * Shares of the bins that either side has rows in. An empty bin counts as half a row of its side (a share of zero has
 * no logarithm); a bin that is empty on both sides says nothing and is left out.
 */
export function sharePairs({ reference, current }: BinnedPair): {
  readonly p: number[];
  readonly q: number[];
} {
  const n = total(reference);
  const m = total(current);
  const p: number[] = [];
  const q: number[] = [];
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i] as number;
    const b = current[i] ?? 0;
    if (a === 0 && b === 0) continue;
    p.push((a === 0 ? 0.5 : a) / n);
    q.push((b === 0 ? 0.5 : b) / m);
  }
  return { p, q };
}
