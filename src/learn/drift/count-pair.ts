import assert from 'node:assert';

/** Counts of rows by bin or by level. */
export type Counts = ArrayLike<number>;

/** Two histograms over the same bins, with what every measure needs of them. */
export interface CountPair {
  readonly reference: Counts;
  readonly current: Counts;
  readonly referenceRows: number;
  readonly currentRows: number;
  /** Bins with a row in either, less one. */
  readonly degrees: number;
}

/** Looks at two histograms over the same bins. */
export function countPair(reference: Counts, current: Counts): CountPair {
  assert.equal(current.length, reference.length, 'both are counted in the same bins');
  let referenceRows = 0;
  let currentRows = 0;
  let filled = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    referenceRows += reference[bin]!;
    currentRows += current[bin]!;
    if (reference[bin]! > 0 || current[bin]! > 0) filled++;
  }
  return { reference, current, referenceRows, currentRows, degrees: Math.max(filled - 1, 0) };
}

/** 1/n + 1/m: by how much the difference of two shares varies when nothing changed. */
export function samplingVariance({ referenceRows, currentRows }: CountPair): number {
  return 1 / referenceRows + 1 / currentRows;
}
