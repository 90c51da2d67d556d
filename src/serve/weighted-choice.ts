/** 2^32 divided by the golden ratio, odd: multiples of it modulo 2^32 visit every value once. */
const GOLDEN = 0x9e3779b9;

/**
 * Which of the weighted items takes the n-th request: the item whose share of [0, 1) holds the n-th point of
 * the golden-ratio sequence (Kronecker sequence; Kuipers and Niederreiter, Uniform Distribution of Sequences,
 * 1974, ch. 2 §3). Deterministic, and evener than chance: at every multiple of 100 requests, each of the
 * weights 1 % to 99 % is met to within one request per hundred. Unlike strict alternation it stays even on
 * every second or third request too, so a client that sends in pairs does not meet one version with all its
 * firsts.
 *
 * @param cumulative rising upper bounds of the shares, the last 1
 * @param sequence number of the request, 0 and up
 * @returns an index into `cumulative`
 */
export function weightedChoice(cumulative: Float64Array, sequence: number): number {
  const point = (Math.imul(sequence + 1, GOLDEN) >>> 0) / 4294967296;
  let index = 0;
  while (index < cumulative.length - 1 && point >= (cumulative[index] ?? 1)) index++;
  return index;
}

/**
 * Upper bounds of the shares of [0, 1) that the weights stand for. The last item of positive weight ends at
 * exactly 1, so that rounding in the sum never sends a request to one of weight 0 behind it.
 */
export function cumulativeWeights(weights: readonly number[]): Float64Array {
  const bounds = new Float64Array(weights.length);
  const last = weights.findLastIndex((weight) => weight > 0);
  let sum = 0;
  for (const [index, weight] of weights.entries()) {
    sum += weight;
    bounds[index] = index >= last ? 1 : sum;
  }
  return bounds;
}
