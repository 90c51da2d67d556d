/** Terms of the alternating series; from 0.2 on the fifth is below 1e-4, and the limit is 1 below that. */
const TERMS = 100;

/**
 * The probability that Kolmogorov's statistic exceeds x where two samples are of one distribution:
 * 2 * sum of (-1)^(k-1) exp(-2 k^2 x^2) (Kolmogorov 1933; Smirnov 1948), x = D * sqrt(nm / (n + m)).
 */
export function kolmogorovTail(x: number): number {
  if (!(x > 0.2)) return 1;
  let sum = 0;
  for (let k = 1; k <= TERMS; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
