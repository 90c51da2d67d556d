const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?([Zz]|[+-]\d{2}(?::?\d{2})?))?)?$/;

/**
 * Milliseconds since 1970-01-01 UTC of an ISO 8601 or RFC 3339 date or date-time; NaN when the text is none
 * or the date does not exist. Without an offset it is UTC; digits below a millisecond are cut off.
 */
export function parseTime(text: string): number {
  const usual = parseUsual(text);
  return Number.isNaN(usual) ? parseAny(text) : usual;
}

/**
 * `2001-02-28T10:05:00` with or without `Z`, as clients send it; NaN for what has to be looked at closely.
 */
function parseUsual(text: string): number {
  const { length } = text;
  if (length !== 19 && !(length === 20 && text.charCodeAt(19) === 90)) return Number.NaN;
  const separators =
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58;
  if (!separators) return Number.NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // February 29 is looked at closely. A digit that is none makes NaN, which is in no range.
  const days = month === 2 ? 28 : 30 + ((month + (month >> 3)) & 1);
  const sure = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= days;
  if (!(sure && hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  return dayNumber(year, month, day) * 86_400_000 + (hour * 3_600 + minute * 60 + second) * 1_000;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil). */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function parseAny(text: string): number {
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
