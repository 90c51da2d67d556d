import { type Meaning, numeric1, numeric2 } from './meaning.ts';

/** Half away from zero, as C's `round`; `Math.round` takes halves upward. */
function roundHalfAway(a: number): number {
  return a < 0 ? -Math.round(-a) : Math.round(a);
}

/**
 * DuckDB's `round(x, digits)`: scale, round, scale back; a result that is not finite leaves x (or 0) as it
 * is.
 */
function roundDigits(a: number, digits: number): number {
  if (Number.isNaN(a) || Number.isNaN(digits)) return Number.NaN;
  const scale = 10 ** Math.abs(Math.trunc(digits));
  if (digits < 0) {
    const coarse = roundHalfAway(a / scale) * scale;
    return Number.isFinite(coarse) ? coarse : 0;
  }
  const fine = roundHalfAway(a * scale) / scale;
  return Number.isFinite(fine) ? fine : a;
}

/** `Math.pow(NaN, 0)` is 1; in SQL a missing base gives a missing power. */
function power(a: number, b: number): number {
  return Number.isNaN(a) ? Number.NaN : a ** b;
}

/**
 * Arithmetic on float64. Where DuckDB raises an error (the root or logarithm of a negative number, the
 * logarithm of zero) and where it divides by zero, the value is missing: one odd row must not stop a training
 * or a request.
 */
export const ARITHMETIC = {
  '+': numeric2((a, b) => a + b),
  '-': {
    overloads: [
      { args: ['number', 'number'], result: 'number', apply: (a: number, b: number) => a - b },
      { args: ['number'], result: 'number', apply: (a: number) => -a },
    ],
  },
  '*': numeric2((a, b) => a * b),
  '/': numeric2((a, b) => (b === 0 ? Number.NaN : a / b)),
  '//': numeric2((a, b) => (b === 0 ? Number.NaN : Math.trunc(a / b))),
  '%': numeric2((a, b) => a % b),
  abs: numeric1(Math.abs),
  floor: numeric1(Math.floor),
  ceil: numeric1(Math.ceil),
  round: {
    overloads: [
      { args: ['number'], result: 'number', apply: roundHalfAway },
      { args: ['number', 'number'], result: 'number', apply: roundDigits },
    ],
  },
  sqrt: numeric1(Math.sqrt),
  ln: numeric1((a) => (a > 0 ? Math.log(a) : Number.NaN)),
  log10: numeric1((a) => (a > 0 ? Math.log10(a) : Number.NaN)),
  exp: numeric1(Math.exp),
  power: numeric2(power),
  sin: numeric1(Math.sin),
  cos: numeric1(Math.cos),
  pi: { overloads: [{ args: [], result: 'number', apply: () => Math.PI }] },
} as const satisfies Record<string, Meaning>;
