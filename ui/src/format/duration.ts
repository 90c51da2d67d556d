const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** Milliseconds in the largest unit that divides them: `1 hour`, `45 days`, `250 ms`. */
export function formatDuration(ms: number): string {
  const [unit, length] = UNITS.find(([, size]) => ms !== 0 && ms % size === 0) ?? ['ms', 1];
  const count = ms / length;
  if (unit === 'ms') return `${count}\u202fms`;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
