import type { BinMap } from './bin-map.ts';
import type { GrownTree } from './tree-builder.ts';

/** Binned rows: row-major bytes, one for each feature. */
export interface BinnedRows {
  readonly bins: Uint8Array;
  readonly stride: number;
}

/** Adds a tree's leaf values to the scores of the listed rows, or of all rows when none are listed. */
export function addBinned(
  tree: GrownTree,
  map: BinMap,
  { bins, stride }: BinnedRows,
  scores: Float64Array,
  rows?: Uint32Array,
): void {
  const { feature, lastLeftBin, missingLeft, left, right, value } = tree;
  const missing = Int32Array.from(map.edges, (edges) => edges.length);
  const count = rows?.length ?? scores.length;
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : (rows[i] as number);
    let node = 0;
    let column = feature[0] as number;
    while (column >= 0) {
      const bin = bins[row * stride + column] as number;
      const goesLeft =
        bin === missing[column] ? missingLeft[node] === 1 : bin <= (lastLeftBin[node] as number);
      node = (goesLeft ? left[node] : right[node]) as number;
      column = feature[node] as number;
    }
    scores[row] = (scores[row] as number) + (value[node] as number);
  }
}
