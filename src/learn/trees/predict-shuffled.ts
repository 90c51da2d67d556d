import { checkFeatures, type FeatureMatrix } from '../matrix.ts';
import { predictTrees } from './predict-trees.ts';
import type { Tree, TreeModel } from './tree-model.ts';

/**
 * Margins of a matrix and of others in which some of its columns are replaced, as `predictTrees` gives them,
 * bit for bit. The leaves that the rows reach are remembered, and only trees that look at a column that is
 * another one are walked again: a third of the work where each tree sees half of the features. Memory: 8
 * bytes for each row and tree.
 */
export function shuffledPredictor(
  model: TreeModel,
  base: FeatureMatrix,
): (matrix: FeatureMatrix) => Float64Array {
  checkFeatures(base, model.features);
  const parts = model.trees.map((tree) => ({
    alone: { ...model, base: 0, trees: [tree] },
    features: featuresOf(tree),
    known: undefined as Float64Array | undefined,
  }));
  return (matrix) => {
    checkFeatures(matrix, model.features);
    const changed = matrix.columns.map((column, f) => column !== base.columns[f]);
    const margins = new Float64Array(matrix.rows).fill(model.base);
    for (const part of parts) {
      const walked = part.features.some((f) => changed[f]);
      const values = walked
        ? predictTrees(part.alone, matrix)
        : (part.known ??= predictTrees(part.alone, base));
      for (let i = 0; i < margins.length; i++) margins[i] = (margins[i] as number) + (values[i] as number);
    }
    return margins;
  };
}

function featuresOf({ feature }: Tree): number[] {
  return [...new Set(feature)].filter((f) => f >= 0);
}
