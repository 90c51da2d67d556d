import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';

/** A small change of a number that should not matter to a decision. */
export interface Perturbation {
  readonly name: string;
  /** Changed copies of `values` (float32, NaN stays); whole numbers are kept whole when all of them are. */
  readonly apply: (values: Float32Array, seed: number) => Float32Array;
}

/** Standard deviation of the noise, in the feature's own unit (Giskard's default). */
const NOISE_SD = 0.01;

/** The numeric perturbations of the Giskard scan with its defaults. */
export const PERTURBATIONS: readonly Perturbation[] = [
  scaling('times 1.01', 1.01),
  scaling('times 0.99', 0.99),
  {
    name: 'plus noise of sd 0.01',
    apply: (values, seed) => {
      const random = seededRandom(seed);
      return changed(values, (value) => value + NOISE_SD * normal(random));
    },
  },
];

function scaling(name: string, factor: number): Perturbation {
  return { name, apply: (values) => changed(values, (value) => value * factor) };
}

function changed(values: Float32Array, change: (value: number) => number): Float32Array {
  const whole = values.every((value) => Number.isNaN(value) || Number.isInteger(value));
  return values.map((value) => {
    if (Number.isNaN(value)) return value;
    const perturbed = change(value);
    return whole ? Math.round(perturbed) : perturbed;
  });
}
