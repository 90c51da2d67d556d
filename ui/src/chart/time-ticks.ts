import { formatDate, formatTime } from '../format/time.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Steps of equal length that people read, and those of the calendar, in months. */
const EVEN_STEPS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1200];

/** Pixels that a label needs with the room beside it: `2001-03-04`, and `Mar`. */
const DATE_WIDTH = 84;
const MONTH_WIDTH = 46;

/** Beyond it a month is longer than all of the axis shows of one. */
const EVEN_SPAN_MAX = 45 * DAY;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Places on a time axis and what to write at each. */
export interface TimeTicks {
  readonly ticks: readonly number[];
  readonly text: (at: number) => string;
}

/**
 * Ticks of a time axis within [low, high], milliseconds UTC, as many as `width` pixels hold: months where
 * there are some, else days or hours. None where a date cannot be written.
 */
export function timeTicks(low: number, high: number, width: number): TimeTicks {
  if (Number.isNaN(new Date(low).getTime()) || Number.isNaN(new Date(high).getTime())) {
    return { ticks: [], text: formatDate };
  }
  return high - low > EVEN_SPAN_MAX ? monthTicks(low, high, width) : evenTicks(low, high, width);
}

function evenTicks(low: number, high: number, width: number): TimeTicks {
  const most = Math.max(1, Math.floor(width / DATE_WIDTH));
  const step = EVEN_STEPS.find((one) => (high - low) / one <= most) ?? 30 * DAY;
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return {
    ticks: Array.from({ length: count }, (_, i) => (first + i) * step),
    text: step < DAY ? (at) => formatTime(at).slice(11, 16) : formatDate,
  };
}

function monthTicks(low: number, high: number, width: number): TimeTicks {
  const [from, to] = [monthOf(low), monthOf(high)];
  const most = Math.max(1, Math.floor(width / MONTH_WIDTH));
  const step = MONTH_STEPS.find((one) => (to - from) / one <= most) ?? to - from + 1;
  const first = Math.ceil(from / step) * step;
  const all = Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) =>
    Date.UTC(0, first + i * step - YEAR_ZERO * 12),
  );
  const ticks = all.filter((at) => at >= low && at <= high);
  const [named] = ticks;
  return {
    ticks,
    // The year stands at the first tick and where it changes; a year alone where no month differs.
    text: (at) => {
      const date = new Date(at);
      const year = String(date.getUTCFullYear());
      if (step % 12 === 0) return year;
      const month = MONTHS[date.getUTCMonth()] ?? '';
      return at === named || date.getUTCMonth() === 0 ? `${month} ${year}` : month;
    },
  };
}

/** `Date.UTC` reads a year of 0 to 99 as one of the twentieth century; months are counted from there. */
const YEAR_ZERO = 1900;

/** Months since year zero. */
function monthOf(at: number): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
