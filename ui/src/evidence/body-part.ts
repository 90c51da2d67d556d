import { criteriaOf } from './criterion.ts';
import type { JudgedCriterion } from './criterion.ts';
import { asFigure } from './figure.ts';
import type { Figure } from './figure.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, isPrimitive } from './json-guard.ts';

type Primitive = string | number | boolean | null;

/** A piece of an evidence body, in the way that it is best looked at. */
export type BodyPart =
  | { readonly kind: 'criteria'; readonly criteria: readonly JudgedCriterion[] }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [string, Primitive])[] }
  | { readonly kind: 'figure'; readonly figure: Figure }
  | {
      readonly kind: 'table';
      readonly name: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Primitive[])[];
    }
  | { readonly kind: 'section'; readonly name: string; readonly parts: readonly BodyPart[] }
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
  const entries = Object.entries(rest).filter(([name]) => name !== 'criteria' || criteria === undefined);
  const facts = entries.flatMap(([name, value]) => (isPrimitive(value) ? [[name, value] as const] : []));
  const others = entries.flatMap(([name, value]) => (isPrimitive(value) ? [] : [partOf(name, value, depth)]));
  return [
    ...(criteria === undefined ? [] : [{ kind: 'criteria', criteria } as const]),
    ...(facts.length === 0 ? [] : [{ kind: 'facts', facts } as const]),
    ...figures.map((figure) => ({ kind: 'figure', figure }) as const),
    ...others,
  ];
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

function partOf(name: string, value: Json, depth: number): BodyPart {
  const table = tableOf(name, value);
  if (table !== undefined) return table;
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return { kind: 'facts', facts: [[name, value.join(', ')]] };
  }
  if (!isObject(value) || depth >= DEPTH_MAX || Object.keys(value).length === 0) {
    return { kind: 'json', name, value };
  }
  return { kind: 'section', name, parts: bodyParts(value, depth + 1) };
}

/** A list of flat objects, or an object of flat objects, is a table. */
function tableOf(name: string, value: Json): BodyPart | undefined {
  if (Array.isArray(value)) return rowsTable(name, value, []);
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  if (keys.length < 2) return undefined;
  return rowsTable(name, Object.values(value), keys);
}

/** A narrow screen shows the first columns: what a row is, and whether it holds. */
function verdictSecond(columns: readonly string[]): string[] {
  const rest = columns.filter((column) => column !== 'verdict');
  return rest.length === columns.length ? rest : [...rest.slice(0, 1), 'verdict', ...rest.slice(1)];
}

function rowsTable(name: string, items: readonly Json[], keys: readonly string[]): BodyPart | undefined {
  const rows = items.filter(isObject);
  if (rows.length === 0 || rows.length !== items.length) return undefined;
  const columns = verdictSecond([...new Set(rows.flatMap((row) => Object.keys(row)))]);
  if (columns.length === 0 || columns.length > COLUMNS_MAX) return undefined;
  if (!rows.every((row) => Object.values(row).every(isPrimitive))) return undefined;
  // Every value was just seen to be a primitive.
  const cells = rows.map((row) => columns.map((column) => row[column] as Primitive | undefined));
  return {
    kind: 'table',
    name,
    columns: keys.length === 0 ? columns : ['', ...columns],
    rows: cells.map((row, index) => [
      ...(keys.length === 0 ? [] : [keys[index] ?? '']),
      ...row.map((cell) => cell ?? null),
    ]),
  };
}
