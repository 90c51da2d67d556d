import { type Figure, figureSchema } from '../../../kernel/figure.ts';
import type { Json } from '../../../kernel/json.ts';
import type { Fact, FactFigure, FactList, FactTable } from './fact-document.ts';
import { momentText } from './svg-text.ts';

type Value = string | number | boolean | null | undefined;

/** A fact, or that it is not stated. Numbers are written with four digits. */
export function fact(label: string, value: Value, from: readonly string[] = []): Fact {
  const text = value === undefined || value === null || value === '' ? null : valueText(value);
  return { kind: 'fact', label, value: text, from: text === null ? [] : from };
}

/** A fact without which the document is not complete. */
export function requiredFact(label: string, value: Value, from: readonly string[] = []): Fact {
  return { ...fact(label, value, from), required: true };
}

/** What nothing in the records can answer; it stands in the document all the same. */
export function unstated(...labels: readonly string[]): Fact[] {
  return labels.map((label) => fact(label, null));
}

/** Facts of one kind. */
export function factList(label: string, items: readonly string[], from: readonly string[] = []): FactList {
  return { kind: 'list', label, items, from: items.length === 0 ? [] : from };
}

/** Rows of a table at most; the records hold the rest. */
const ROWS_MAX = 60;

/** Facts in columns, cut where they would fill the document. */
export function factTable(
  label: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
  from: readonly string[] = [],
): FactTable {
  const shown = rows.slice(0, ROWS_MAX).map((row) => row.map((cell) => cellOf(cell)));
  const rest = rows.length - shown.length;
  return {
    kind: 'table',
    label,
    columns,
    rows: shown,
    from: rows.length === 0 ? [] : from,
    ...(rest > 0 ? { note: `${rest} more are in the records` } : {}),
  };
}

/** A table without which the document is not complete. */
export function requiredTable(...given: Parameters<typeof factTable>): FactTable {
  return { ...factTable(...given), required: true };
}

/** The figures of an evidence body; what is none is left out. */
export function factFigures(figures: unknown, from: readonly string[]): FactFigure[] {
  if (!Array.isArray(figures)) return [];
  return figures.flatMap((candidate): FactFigure[] => {
    const parsed = figureSchema.safeParse(candidate);
    return parsed.success ? [{ kind: 'figure', figure: parsed.data satisfies Figure, from }] : [];
  });
}

function cellOf(value: Value): string {
  return value === null || value === undefined ? '' : valueText(value);
}

/** A value as it reads in a document: whole numbers whole, others with four digits. */
export function valueText(value: string | number | boolean): string {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(4)));
}

/** A moment, milliseconds UTC, or nothing. */
export function moment(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined || !Number.isFinite(ms) ? null : momentText(ms);
}

/** From and to, `to` exclusive. */
export function span(from: number | null | undefined, to: number | null | undefined): string | null {
  const start = moment(from);
  const end = moment(to);
  return start === null || end === null ? null : `${start} to ${end}`;
}

/** Any JSON in one line, for what has no words of its own. */
export function jsonLine(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(jsonLine).join(', ');
  return Object.entries(value)
    .map(([key, member]) => `${key} ${jsonLine(member)}`)
    .join(', ');
}
