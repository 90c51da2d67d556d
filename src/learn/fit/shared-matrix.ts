import type { FeatureMatrix } from '../matrix.ts';

/** The same matrix in memory that threads share; columns that are there already are not copied. */
export function sharedMatrix(matrix: FeatureMatrix): FeatureMatrix {
  const columns = matrix.columns.map((column) => {
    if (column.buffer instanceof SharedArrayBuffer) return column;
    const copy = new Float32Array(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    return copy;
  });
  return { ...matrix, columns };
}
