import type { LinearModel } from '../linear/linear-model.ts';
import { checkFeatures, type FeatureMatrix } from '../matrix.ts';
import type { Contributions } from './contributions.ts';

/**
 * Exact SHAP values of a linear model with features taken as independent: coefficient × (x - mean) / scale
 * (Štrumbelj and Kononenko 2014; Lundberg and Lee 2017, corollary 1). `base` is the intercept, the margin
 * at the training means. A missing value is imputed by the mean and contributes 0. No rows give empty
 * columns.
 *
 * @throws INVALID_INPUT when the matrix has other features.
 */
export function linearShap(model: LinearModel, matrix: FeatureMatrix): Contributions {
  checkFeatures(matrix, model.features);
  const columns = matrix.columns.map((column, f) => {
    const slope = model.coefficients[f]! / model.scales[f]!;
    const mean = model.means[f]!;
    const contributions = new Float64Array(matrix.rows);
    for (let i = 0; i < matrix.rows; i++) {
      const x = column[i]!;
      contributions[i] = Number.isNaN(x) ? 0 : slope * (x - mean);
    }
    return contributions;
  });
  return { base: model.intercept, names: model.features, columns };
}
