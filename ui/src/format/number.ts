/** A narrow space that does not break: between groups of thousands, and before a percent sign. */
const GROUP = '\u202f';

/** A figure for reading: at most four significant digits, thin groups of thousands, exponent when tiny. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4) return value.toExponential(2).replace('-', '−').replace('e−', 'e−');
  const digits = size >= 1000 || Number.isInteger(value) ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size)));
  return new Intl.NumberFormat('en', { maximumFractionDigits: Math.min(digits, 6) })
    .format(value)
    .replaceAll(',', GROUP)
    .replace('-', '−');
}

/** A share of 0..1 in percent, with one decimal below ten. */
export function formatShare(share: number): string {
  const percent = share * 100;
  const digits = Math.abs(percent) < 10 && !Number.isInteger(Math.round(percent * 1e6) / 1e6) ? 1 : 0;
  return `${percent.toFixed(digits).replace('-', '−')}${GROUP}%`;
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in the decimal unit that leaves one to three digits before the point. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(Number((bytes / 1000 ** power).toPrecision(3)))}${GROUP}${BYTE_UNITS[power]}`;
}
