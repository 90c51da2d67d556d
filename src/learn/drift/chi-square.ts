import assert from 'node:assert';

/** Both expansions converge to the last digit in fewer terms for every degree of freedom up to 10,000. */
const TERMS_MAX = 10_000;
const PRECISION = 1e-16;

/** Halvings of an interval until neighbouring doubles are left. */
const HALVINGS = 200;

/** Lanczos coefficients for g = 7, n = 9: about 15 digits (Godfrey 2001). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/**
 * Chance that a chi-square variable with `df` degrees of freedom exceeds `x`, in [0, 1]: the regularized
 * upper incomplete gamma function Q(df / 2, x / 2), by its series below df + 2 and by its continued
 * fraction above (DLMF 8.11.4 and 8.9.2). 1 for x ≤ 0 and for no degree of freedom.
 */
export function chiSquareSurvival(x: number, df: number): number {
  if (Number.isNaN(x) || Number.isNaN(df)) return Number.NaN;
  if (x <= 0 || df <= 0) return 1;
  const a = df / 2;
  const z = x / 2;
  const front = Math.exp(a * Math.log(z) - z - logGamma(a));
  return z < a + 1 ? 1 - front * lowerSeries(a, z) : front * upperFraction(a, z);
}

/** The value that a chi-square variable with `df` degrees of freedom exceeds with chance `tail` in (0, 1). */
export function chiSquareQuantile(tail: number, df: number): number {
  assert.ok(tail > 0 && tail < 1, 'a chance between 0 and 1');
  if (df <= 0) return 0;
  let low = 0;
  let high = df + 10;
  while (chiSquareSurvival(high, df) > tail) high *= 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (chiSquareSurvival(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function lowerSeries(a: number, z: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < TERMS_MAX && term > sum * PRECISION; k++) {
    term *= z / (a + k);
    sum += term;
  }
  return sum;
}

/** Lentz's method (Thompson and Barnett 1986). */
function upperFraction(a: number, z: number): number {
  const tiny = 1e-300;
  let b = z + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < TERMS_MAX; k++) {
    const step = -k * (k - a);
    b += 2;
    d = 1 / nonZero(step * d + b, tiny);
    c = nonZero(b + step / c, tiny);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return fraction;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** For x ≥ 0.5. */
function logGamma(x: number): number {
  const shifted = x - 1;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (shifted + i);
  const t = shifted + 7.5;
  return Math.log(2 * Math.PI) / 2 + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}
