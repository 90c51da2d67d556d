import type { Axis } from '../evidence/figure.ts';
import { formatNumber, formatShare } from '../format/number.ts';
import { formatDate, formatTime } from '../format/time.ts';

/** Below two days of span a date alone would repeat itself on the axis. */
const TIME_OF_DAY_BELOW_MS = 2 * 24 * 3600 * 1000;

/** Writer of values of one axis. `spanMs` matters to time alone: how much of it is shown. */
export function axisFormat(axis: Axis, spanMs = Infinity): (value: number) => string {
  if (axis.scale === 'share') return formatShare;
  if (axis.scale === 'time') {
    return spanMs < TIME_OF_DAY_BELOW_MS ? (at) => formatTime(at).slice(11, 16) : formatDate;
  }
  return formatNumber;
}

/** `Latency (ms)`. */
export function axisLabel(axis: Axis): string {
  return axis.unit === undefined ? axis.label : `${axis.label} (${axis.unit})`;
}
