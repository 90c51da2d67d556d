/** A linear scale from values to pixels, with round values to mark on it. */
export interface SvgScale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Least and largest of the finite values; a single one gets room around it. */
export function finiteExtent(values: readonly (number | null | undefined)[]): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low < high) return [low, high];
  const room = low === 0 ? 1 : Math.abs(low) / 10;
  return [low - room, high + room];
}

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them. */
export function svgScale(
  [low, high]: readonly [number, number],
  [first, last]: readonly [number, number],
  count = 5,
): SvgScale {
  const span = high - low;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => power * factor >= raw * 0.999) ?? 10);
  const ticks: number[] = [];
  // Counted, so that a span beyond the precision of numbers cannot make this endless.
  for (let i = 0; i <= count * 2; i++) {
    const value = (Math.ceil(low / step) + i) * step;
    if (!(value <= high + step * 1e-9)) break;
    ticks.push(Number(value.toPrecision(12)));
  }
  return { at: (value) => first + ((value - low) / span) * (last - first), ticks };
}
