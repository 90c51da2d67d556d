/** Data that ends within a day of the end of a month has the whole month: the last night may be quiet. */
const SLACK_MS = 86_400_000;

/**
 * Where a replay of some data ends unless told: at the end of its last whole month, or where there is none,
 * at the first step of the project clock after its last row. Milliseconds UTC, as are `first` and `last`.
 */
export function endOfData(
  { first, last }: { readonly first: number; readonly last: number },
  stepMs: number,
): number {
  const date = new Date(last);
  const month = (plus: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + plus, 1);
  if (last >= month(1) - SLACK_MS) return month(1);
  if (month(0) > first) return month(0);
  return (Math.floor(last / stepMs) + 1) * stepMs;
}
