/** Maps a domain of values to a range of pixels, with round ticks. */
export interface LinearScale {
  readonly domain: readonly [number, number];
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Steps that people read without counting. */
const STEPS = [1, 2, 2.5, 5, 10];

/** The step nearest above span / count among 1, 2, 2.5, 5 times a power of ten. */
function niceStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = STEPS.find((step) => step * power >= raw * 0.999_999) ?? 10;
  return factor * power;
}

/** Round values within [low, high], about `count` of them. */
export function ticksBetween(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const step = niceStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Twelve digits keep 0.30000000000000004 off the axis.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Least and greatest finite value; [0, 1] where there is none, and a span of 1 around a single one. */
export function extent(values: Iterable<number | null | undefined>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  // A span lost in the rounding of its ends is none: no ticks fit into it.
  const least = Math.max(1e-300, 1e-12 * Math.max(Math.abs(low), Math.abs(high)));
  return high - low < least ? [low - 0.5, high + 0.5] : [low, high];
}

/** A scale over the domain; `round` widens it to whole ticks. `range`: pixels of the domain's two ends. */
export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  options: { readonly count: number; readonly round?: boolean },
): LinearScale {
  let [low, high] = domain;
  if (options.round === true && high > low) {
    const step = niceStep(high - low, options.count);
    low = Math.floor(low / step + 1e-9) * step;
    high = Math.ceil(high / step - 1e-9) * step;
  }
  const span = high - low || 1;
  return {
    domain: [low, high],
    at: (value) => range[0] + ((value - low) / span) * (range[1] - range[0]),
    ticks: ticksBetween(low, high, options.count),
  };
}
