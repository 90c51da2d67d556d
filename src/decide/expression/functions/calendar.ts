import type { Meaning } from './meaning.ts';

const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;
const MS_PER_SECOND = 1_000;
const MS_PER_WEEK = 604_800_000;
/** 1970-01-05 was a Monday: weeks begin there. */
const FIRST_MONDAY_MS = 4 * MS_PER_DAY;
const DAYS_PER_ERA = 146_097;

/** Parts to which `date_trunc` cuts; weeks begin on Monday (ISO 8601). */
export const TRUNC_PARTS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

/** Whole units since the epoch, downward. */
function floorDiv(a: number, size: number): number {
  return Math.floor(a / size);
}

function modulo(a: number, size: number): number {
  return a - Math.floor(a / size) * size;
}

/**
 * Year and month packed as year * 12 + month (0 to 11), and with `dayOfMonth` the day, of a day number since
 * 1970, proleptic Gregorian (Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days). A
 * `Date` for each row would allocate.
 */
function civilMonth(day: number): number {
  const dayOfEra = modulo(day + 719_468, DAYS_PER_ERA);
  const era = floorDiv(day + 719_468, DAYS_PER_ERA);
  const yearOfEra = yearInEra(dayOfEra);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  return (yearOfEra + era * 400) * 12 + marchMonth + 2;
}

function yearInEra(dayOfEra: number): number {
  return Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
}

/** Day number since 1970 of the first of a packed month (days_from_civil in the same paper). */
function monthStart(packed: number): number {
  const march = packed - 2;
  const year = floorDiv(march, 12);
  const yearOfEra = modulo(year, 400);
  const dayOfYear = Math.floor((153 * modulo(march, 12) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return floorDiv(year, 400) * DAYS_PER_ERA + dayOfEra - 719_468;
}

function packedMonth(ms: number): number {
  return civilMonth(floorDiv(ms, MS_PER_DAY));
}

function dateTrunc(part: string | null, ms: number): number {
  switch (part) {
    case 'second':
      return floorDiv(ms, MS_PER_SECOND) * MS_PER_SECOND;
    case 'minute':
      return floorDiv(ms, MS_PER_MINUTE) * MS_PER_MINUTE;
    case 'hour':
      return floorDiv(ms, MS_PER_HOUR) * MS_PER_HOUR;
    case 'day':
      return floorDiv(ms, MS_PER_DAY) * MS_PER_DAY;
    case 'week':
      return floorDiv(ms - FIRST_MONDAY_MS, MS_PER_WEEK) * MS_PER_WEEK + FIRST_MONDAY_MS;
    case 'month':
      return monthStart(packedMonth(ms)) * MS_PER_DAY;
    case 'quarter':
      return monthStart(floorDiv(packedMonth(ms), 3) * 3) * MS_PER_DAY;
    case 'year':
      return monthStart(floorDiv(packedMonth(ms), 12) * 12) * MS_PER_DAY;
    default:
      return Number.NaN;
  }
}

function isTruncPart(value: unknown): boolean {
  return (TRUNC_PARTS as readonly unknown[]).includes(value);
}

function ofTime(apply: (ms: number) => number): Meaning {
  return { overloads: [{ args: ['time'], result: 'number', apply }] };
}

/** Calendar functions, all in UTC on integer milliseconds. */
export const CALENDAR = {
  year: ofTime((ms) => floorDiv(packedMonth(ms), 12)),
  month: ofTime((ms) => modulo(packedMonth(ms), 12) + 1),
  day: ofTime((ms) => floorDiv(ms, MS_PER_DAY) - monthStart(packedMonth(ms)) + 1),
  hour: ofTime((ms) => floorDiv(modulo(ms, MS_PER_DAY), MS_PER_HOUR)),
  minute: ofTime((ms) => floorDiv(modulo(ms, MS_PER_HOUR), MS_PER_MINUTE)),
  second: ofTime((ms) => floorDiv(modulo(ms, MS_PER_MINUTE), MS_PER_SECOND)),
  dayofweek: ofTime((ms) => modulo(floorDiv(ms, MS_PER_DAY) + 4, 7)),
  isodow: ofTime((ms) => modulo(floorDiv(ms, MS_PER_DAY) + 3, 7) + 1),
  dayofyear: ofTime((ms) => floorDiv(ms, MS_PER_DAY) - monthStart(floorDiv(packedMonth(ms), 12) * 12) + 1),
  epoch: ofTime((ms) => ms / MS_PER_SECOND),
  epoch_ms: ofTime((ms) => ms),
  date_trunc: {
    overloads: [{ args: ['string', 'time'], result: 'time', apply: dateTrunc }],
    check: ([part]) =>
      isTruncPart(part) ? undefined : `the part written out as one of ${TRUNC_PARTS.join(', ')}`,
  },
  add_interval: {
    overloads: [
      { args: ['time', 'number'], result: 'time', apply: (ms: number, by: number) => Math.floor(ms + by) },
    ],
  },
  diff_ms: {
    overloads: [{ args: ['time', 'time'], result: 'number', apply: (from: number, to: number) => to - from }],
  },
} as const satisfies Record<string, Meaning>;
