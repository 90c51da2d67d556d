const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

/**
 * `3 hours ago`; both in milliseconds UTC. Within a minute either way: `just now`. Beyond 30 days: the
 * date.
 */
export function formatAgo(at: number, now: number): string {
  const gap = at - now;
  if (Math.abs(gap) < MINUTE) return 'just now';
  if (Math.abs(gap) > 30 * DAY) return formatDate(at);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(gap) >= size) ?? ['minute', MINUTE];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(gap / length), unit);
}

/**
 * `2001-03-04 05:06:07 UTC` of milliseconds UTC: the same everywhere, as evidence is compared across
 * places.
 */
export function formatTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `2001-03-04` of milliseconds UTC. */
export function formatDate(at: number): string {
  return formatTime(at).slice(0, 10);
}
