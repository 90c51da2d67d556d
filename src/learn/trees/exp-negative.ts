/** log 2 in two parts; the first has few enough bits that k times it is exact (Cody and Waite 1980). */
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
/** 1.5 * 2^52: added and taken away again, it rounds to a whole number. */
const ROUNDER = 6_755_399_441_055_744;
/** 1/12! down to 1/0!: the remainder of the series is below 2e-16 for |r| <= log(2) / 2. */
const SERIES = [479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2, 1, 1].map(
  (n) => 1 / n,
);
/** 2^-k for every k that occurs, each exact. */
const POWERS = Float64Array.from({ length: 1_023 }, (_, k) => 2 ** -k);

/**
 * exp(-a) for a from 0 to 700, to about 1e-15 of the value. Additions and multiplications alone, in the order
 * of the compiled kernel's `expNegative`: the same bits there, here, and in every version of the engine,
 * which the platform's `Math.exp` does not promise.
 */
export function expNegative(a: number): number {
  const k = a * -Math.LOG2E + ROUNDER - ROUNDER;
  const r = -a - k * LN2_HIGH - k * LN2_LOW;
  let sum = SERIES[0] as number;
  for (let i = 1; i < SERIES.length; i++) sum = sum * r + (SERIES[i] as number);
  return sum * (POWERS[-k] as number);
}
