import { parseTime } from '../decide/expression/parse-time.ts';

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * Milliseconds since 1970-01-01 UTC of an RFC 3339 date-time (§5.6), or undefined when the text is none.
 * Narrower than what a time field takes: a header without an offset would mean different moments to different
 * clients.
 */
export function parseEventTime(text: string): number | undefined {
  const ms = RFC_3339.test(text) ? parseTime(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
