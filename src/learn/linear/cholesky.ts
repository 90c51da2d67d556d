/**
 * A pivot below this share of its diagonal is a column that the earlier ones already say (float64 rounding).
 */
const DEPENDENT = 1e-10;

/**
 * Solves A w = b for a symmetric positive semidefinite A (row-major, order d; overwritten by its factor) by
 * Cholesky's method. A column that depends on earlier ones gets the weight 0.
 */
export function solveCholesky(a: Float64Array, b: Float64Array): Float64Array {
  const d = b.length;
  const kept = factor(a, d);
  const w = Float64Array.from(b);
  for (let i = 0; i < d; i++) {
    let sum = w[i] as number;
    for (let k = 0; k < i; k++) sum -= (a[i * d + k] as number) * (w[k] as number);
    w[i] = kept[i] === 1 ? sum / (a[i * d + i] as number) : 0;
  }
  for (let i = d - 1; i >= 0; i--) {
    let sum = w[i] as number;
    for (let k = i + 1; k < d; k++) sum -= (a[k * d + i] as number) * (w[k] as number);
    w[i] = kept[i] === 1 ? sum / (a[i * d + i] as number) : 0;
  }
  return w;
}

/** The lower factor in place; 1 marks the columns that have a pivot. */
function factor(a: Float64Array, d: number): Uint8Array {
  const kept = new Uint8Array(d);
  for (let j = 0; j < d; j++) {
    const diagonal = a[j * d + j] as number;
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= (a[j * d + k] as number) ** 2;
    if (!(pivot > DEPENDENT * diagonal)) {
      for (let i = j; i < d; i++) a[i * d + j] = 0;
      continue;
    }
    kept[j] = 1;
    const root = Math.sqrt(pivot);
    a[j * d + j] = root;
    for (let i = j + 1; i < d; i++) {
      let sum = a[i * d + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[i * d + k] as number) * (a[j * d + k] as number);
      a[i * d + j] = sum / root;
    }
  }
  return kept;
}
