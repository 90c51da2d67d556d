const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?([Zz]|[+-]\d{2}(?::?\d{2})?))?)?$/;

/**
 * Milliseconds since 1970-01-01 UTC of an ISO 8601 or RFC 3339 date or date-time; NaN when the text is none
 * or the date does not exist. Without an offset it is UTC; digits below a millisecond are cut off.
 */
export function parseTime(text: string): number {
  const match = ISO.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const inYear = Number(month) >= 1 && Number(month) <= 12;
  if (!inYear || new Date(date).getUTCDate() !== Number(day) || Number(year) < 100) return Number.NaN;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const clock = Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1_000 + ms;
  return date + clock - offsetMs(offset);
}

/** Milliseconds east of UTC of `+02:00`, `-0530`, `Z`; NaN beyond a day. */
function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
}

/** `2020-01-31 08:05:00`, with `.123` where there are milliseconds: how DuckDB writes a timestamp. */
export function formatTime(ms: number): string {
  const text = new Date(ms).toISOString();
  const seconds = `${text.slice(0, -14)} ${text.slice(-13, -5)}`;
  return ms % 1000 === 0 ? seconds : `${seconds}.${text.slice(-4, -1)}`.replace(/0+$/, '');
}
