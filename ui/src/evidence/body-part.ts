import { criteriaOf } from './criterion.ts';
import type { JudgedCriterion } from './criterion.ts';
import { expressionText } from './expression-text.ts';
import { asFigure } from './figure.ts';
import type { Figure } from './figure.ts';
import { inReadingOrder } from './field-order.ts';
import type { Json, JsonObject } from './json.ts';
import { isArrayOf, isObject, isPrimitive } from './json-guard.ts';
import { promiseRow } from './promise-row.ts';
import type { PromiseRow } from './promise-row.ts';

type Primitive = string | number | boolean | null;

/** What one cell of a table or one fact holds: a value, or a short list of them. */
export type CellValue = Primitive | readonly Primitive[];

/** A piece of an evidence body, in the way that it is best looked at. */
export type BodyPart =
  | { readonly kind: 'criteria'; readonly criteria: readonly JudgedCriterion[] }
  | { readonly kind: 'promises'; readonly name: string; readonly promises: readonly PromiseRow[] }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [string, CellValue])[] }
  | { readonly kind: 'figure'; readonly figure: Figure }
  | {
      readonly kind: 'table';
      readonly name: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly CellValue[])[];
    }
  | { readonly kind: 'section'; readonly name: string; readonly parts: readonly BodyPart[] }
  | {
      readonly kind: 'folded';
      readonly name: string;
      readonly open: boolean;
      readonly parts: readonly BodyPart[];
    }
  | { readonly kind: 'json'; readonly name: string; readonly value: Json };

/** Sections within sections deeper than this are shown as JSON: indentation stops helping. */
const DEPTH_MAX = 3;

/** Columns beyond which a table is wider than it is useful. */
const COLUMNS_MAX = 10;

/**
 * Takes a body apart: judged criteria first, then plain facts, figures, tables, and sections; what fits
 * nothing stays JSON. Nothing is left out.
 */
export function bodyParts(body: Json, depth = 0): readonly BodyPart[] {
  if (!isObject(body)) return body === null ? [] : [{ kind: 'json', name: '', value: body }];
  const criteria = criteriaOf(body);
  const { figures, rest } = takeFigures(body);
  const entries = inReadingOrder(Object.keys(rest))
    .filter((name) => name !== 'criteria' || criteria === undefined)
    .map((name) => [name, rest[name] ?? null] as const);
  const facts = entries.flatMap(([name, value]) => factOf(name, value));
  const others = entries.flatMap(([name, value]) =>
    factOf(name, value).length > 0 ? [] : partsOf(name, value, depth),
  );
  return [
    ...(criteria === undefined ? [] : [{ kind: 'criteria', criteria } as const]),
    ...(facts.length === 0 ? [] : [{ kind: 'facts', facts } as const]),
    ...figures.map((figure) => ({ kind: 'figure', figure }) as const),
    ...others.filter((part) => part.kind !== 'json'),
    ...others.filter((part) => part.kind === 'json'),
  ];
}

/** What is said in a line: a value, a list of values, or that there is none. */
function factOf(name: string, value: Json): (readonly [string, CellValue])[] {
  if (isObject(value)) return Object.keys(value).length === 0 ? [[name, 'none']] : [];
  if (Array.isArray(value) && value.length === 0) return [[name, 'none']];
  return isCell(value) ? [[name, value]] : [];
}

function isCell(value: Json | undefined): value is CellValue {
  return isPrimitive(value) || isArrayOf(isPrimitive)(value);
}

/** Figures that can be drawn; those that cannot stay in the body under their own name. */
function takeFigures(body: JsonObject): { figures: readonly Figure[]; rest: JsonObject } {
  const { figures: listed, ...rest } = body;
  if (listed === undefined) return { figures: [], rest };
  if (!Array.isArray(listed)) return { figures: [], rest: body };
  const figures = listed.map((item: Json) => asFigure(item)).filter((figure) => figure !== undefined);
  const broken = listed.filter((item: Json) => asFigure(item) === undefined);
  return { figures, rest: broken.length === 0 ? rest : { ...rest, figures: broken } };
}

function partsOf(name: string, value: Json, depth: number): readonly BodyPart[] {
  const table = tableOf(name, value, depth);
  if (table !== undefined) return table;
  // A statement of another format (in-toto) is for its own tools; what it says stands above already.
  if (isObject(value) && '_type' in value) return [{ kind: 'json', name: `in-toto ${name}`, value }];
  if (!isObject(value) || depth >= DEPTH_MAX) return [{ kind: 'json', name, value }];
  return [{ kind: 'section', name, parts: bodyParts(value, depth + 1) }];
}

/** A list of objects, or an object of flat objects, is a table. */
function tableOf(name: string, value: Json, depth: number): readonly BodyPart[] | undefined {
  if (Array.isArray(value)) return rowsTable(name, value, [], depth);
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  return keys.length < 2 ? undefined : rowsTable(name, Object.values(value), keys, depth);
}

/** A narrow screen shows the first columns: what a row is, and whether it holds. */
function verdictSecond(columns: readonly string[]): string[] {
  const rest = columns.filter((column) => column !== 'verdict');
  return rest.length === columns.length ? rest : [...rest.slice(0, 1), 'verdict', ...rest.slice(1)];
}

function rowsTable(
  name: string,
  items: readonly Json[],
  keys: readonly string[],
  depth: number,
): readonly BodyPart[] | undefined {
  const rows = items.filter(isObject);
  if (rows.length === 0 || rows.length !== items.length) return undefined;
  const promises = rows.map((row) => promiseRow(row)).filter((row) => row !== undefined);
  if (promises.length === rows.length && keys.length === 0) return [{ kind: 'promises', name, promises }];
  const all = verdictSecond(inReadingOrder([...new Set(rows.flatMap((row) => Object.keys(row)))]));
  const inner = all.filter((column) => rows.some((row) => isBulky(row[column])));
  const columns = all.filter((column) => !inner.includes(column));
  if (columns.length === 0 || columns.length > COLUMNS_MAX || (keys.length > 0 && inner.length > 0)) {
    return undefined;
  }
  const cells = rows.map((row) =>
    columns.map((column) => expressionText(row[column]) ?? row[column] ?? null),
  );
  if (!cells.every((row): row is CellValue[] => row.every(isCell))) return undefined;
  const table: BodyPart = {
    kind: 'table',
    name,
    columns: keys.length === 0 ? columns : ['', ...columns],
    rows: cells.map((row, index) => [...(keys.length === 0 ? [] : [keys[index] ?? '']), ...row]),
  };
  return [table, ...rows.flatMap((row, index) => innerParts(row, inner, cells[index]?.[0], depth))];
}

/** Numbers that a cell holds; more of them (quantiles) make the row taller than a screen. */
const CELL_NUMBERS_MAX = 3;

/** Characters that a cell holds; a query is longer. */
const CELL_CHARS_MAX = 100;

/** What does not fit a cell and stands below the table: lists of objects, many numbers, long texts. */
function isBulky(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.length > CELL_CHARS_MAX && value.includes(' ');
  if (!Array.isArray(value)) return false;
  const numbers = value.length > CELL_NUMBERS_MAX && value.every((one: Json) => typeof one === 'number');
  return numbers || value.some(isObject);
}

/** What does not fit the cells of a row, folded below its table; that of a row that failed is open. */
function innerParts(
  row: JsonObject,
  inner: readonly string[],
  label: CellValue | undefined,
  depth: number,
): readonly BodyPart[] {
  const there = inner.filter(
    (column) => factOf(column, row[column] ?? null)[0]?.[1] !== 'none' && column in row,
  );
  if (there.length === 0) return [];
  const parts = there.flatMap((column): readonly BodyPart[] => {
    const value = row[column] ?? null;
    const facts = factOf(column, value);
    return facts.length > 0 ? [{ kind: 'facts', facts }] : partsOf(column, value, depth + 1);
  });
  const what = there.length === 1 ? there[0] : 'more';
  return [{ kind: 'folded', name: `${what} of ${String(label)}`, open: row['verdict'] === 'fail', parts }];
}
