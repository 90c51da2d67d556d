import type { SeededRandom } from './random.ts';

/**
 * A draw from the standard normal distribution (Box and Muller 1958, the cosine branch): two uniforms each.
 */
export function normal(random: SeededRandom): number {
  // 1 - u is never 0, so the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
