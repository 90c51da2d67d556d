const UNIT_MS = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

/** Of a millisecond: finer than any clock that is asked. */
const NANOSECONDS = 1_000_000;

const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;

/** Milliseconds of `50ms`, `5s`, `15m`, `1h`, `31d`, `2w`; undefined when the text is none of these. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [, amount, unit] = match;
  const ms = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  // Without it, 1024.041s is 1024040.9999999999 ms.
  return Math.round(ms * NANOSECONDS) / NANOSECONDS;
}

/** The shortest exact spelling of a whole number of milliseconds in one unit: 3_600_000 is `1h`. */
export function formatDuration(ms: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's'] as const) {
    const size = UNIT_MS[unit];
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}
