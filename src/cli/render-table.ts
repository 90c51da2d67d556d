import { stripVTControlCharacters } from 'node:util';
import { printable } from './printable.ts';

/** How a table is laid out. */
export interface TableOptions {
  /** Columns of the terminal; Infinity where output is piped, so that nothing is cut. */
  readonly width: number;
  /** Which fields, in which order; by default those of the rows, in the order they first appear. */
  readonly columns?: readonly string[];
  readonly heading?: (text: string) => string;
}

const GAP = '  ';
const NARROWEST = 6;

/**
 * Rows as aligned columns: no boxes and no rules, so that a screen reader and `awk` can read it too. Numbers
 * stand right. Where the table is wider than the terminal the widest columns are cut with `…`.
 */
export function renderTable(
  rows: readonly Readonly<Record<string, unknown>>[],
  options: TableOptions,
): string {
  const columns = options.columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return '';
  const cells = rows.map((row) => columns.map((column) => cellText(column, row[column])));
  const head = columns.map((column) => printable(column, { oneLine: true }));
  const widths = fit(
    head.map((title, i) => Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length))),
    options.width,
  );
  const right = columns.map((column) => rows.every((row) => isNumeric(column, row[column])));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => align(text, widths[i] ?? 0, right[i] ?? false))
      .join(GAP)
      .trimEnd();
  const heading = options.heading ?? ((text: string) => text);
  return [heading(line(head)), ...cells.map(line)].join('\n');
}

/** How a value reads in one cell. Fields called `…At` hold milliseconds and read as a time. */
export function cellText(name: string, value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (typeof value === 'string') return printable(value, { oneLine: true });
  if (typeof value === 'number' && name.endsWith('At') && Number.isFinite(value)) {
    return new Date(value).toISOString().replace('.000Z', 'Z');
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return printable(value.join(', '), { oneLine: true });
  }
  return printable(JSON.stringify(value) ?? '', { oneLine: true });
}

function isNumeric(name: string, value: unknown): boolean {
  return typeof value === 'number' && !name.endsWith('At');
}

function align(text: string, width: number, right: boolean): string {
  const cut = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
  const pad = ' '.repeat(Math.max(0, width - stripVTControlCharacters(cut).length));
  return right ? pad + cut : cut + pad;
}

/** Takes from the widest column until the line fits or all are narrow. */
function fit(wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, w) => sum + w, 0) + GAP.length * (widths.length - 1) - width;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}
