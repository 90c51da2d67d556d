import { TendError } from '../kernel/error.ts';

/** Numeric features, column by column. NaN is missing. Values are float32, as the served model sees them. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly names: readonly string[];
  /** One array of length `rows` for each name. */
  readonly columns: readonly Float32Array[];
}

/** The listed rows (length m, numbers below `matrix.rows`) as a matrix of m rows. Copies. */
export function selectRows(matrix: FeatureMatrix, rows: Uint32Array): FeatureMatrix {
  const columns = matrix.columns.map((column) => {
    const selected = new Float32Array(rows.length);
    for (let i = 0; i < rows.length; i++) selected[i] = column[rows[i] ?? 0] ?? Number.NaN;
    return selected;
  });
  return { rows: rows.length, names: matrix.names, columns };
}

/** @throws INVALID_INPUT unless there is a column of `rows` values for each name. */
export function checkMatrix(matrix: FeatureMatrix): void {
  if (matrix.columns.length !== matrix.names.length) {
    throw new TendError(
      'INVALID_INPUT',
      `expected a column for each of ${matrix.names.length} features, got ${matrix.columns.length} columns`,
    );
  }
  for (const [i, column] of matrix.columns.entries()) {
    if (column.length !== matrix.rows) {
      throw new TendError(
        'INVALID_INPUT',
        `expected ${matrix.rows} values of feature ${matrix.names[i]}, got ${column.length}`,
      );
    }
  }
}

/** @throws INVALID_INPUT unless the matrix has exactly these features in this order. */
export function checkFeatures(matrix: FeatureMatrix, features: readonly string[]): void {
  checkMatrix(matrix);
  const same =
    matrix.names.length === features.length && features.every((name, i) => matrix.names[i] === name);
  if (!same) {
    throw new TendError(
      'INVALID_INPUT',
      `expected the features ${features.join(', ')}; got ${matrix.names.join(', ')}`,
    );
  }
}
