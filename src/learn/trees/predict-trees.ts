import { checkFeatures, type FeatureMatrix } from '../matrix.ts';
import type { Tree, TreeModel } from './tree-model.ts';

/** Rows that pass one tree before the next tree: their features and sums stay in the first-level cache. */
const BLOCK_ROWS = 256;

/**
 * Margins (length rows): log-odds for `binary`, the predicted number for `regression`. Added in the order of
 * the trees, so equal to the margins that training saw, bit for bit.
 * @throws INVALID_INPUT when the matrix has other features than the model.
 */
export function predictTrees(model: TreeModel, matrix: FeatureMatrix): Float64Array {
  checkFeatures(matrix, model.features);
  const margins = new Float64Array(matrix.rows).fill(model.base);
  for (let start = 0; start < matrix.rows; start += BLOCK_ROWS) {
    const end = Math.min(matrix.rows, start + BLOCK_ROWS);
    for (const tree of model.trees) addTree(tree, matrix, margins, start, end);
  }
  return margins;
}

function addTree(
  tree: Tree,
  { columns }: FeatureMatrix,
  margins: Float64Array,
  start: number,
  end: number,
): void {
  const { feature, threshold, missingLeft, left, right, value } = tree;
  for (let row = start; row < end; row++) {
    let node = 0;
    let column = feature[0] as number;
    while (column >= 0) {
      const x = (columns[column] as Float32Array)[row] as number;
      const goesLeft = x === x ? x <= (threshold[node] as number) : missingLeft[node] === 1;
      node = (goesLeft ? left[node] : right[node]) as number;
      column = feature[node] as number;
    }
    margins[row] = (margins[row] as number) + (value[node] as number);
  }
}
