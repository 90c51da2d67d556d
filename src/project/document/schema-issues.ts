import { z } from 'zod';
import { nearest } from '../../kernel/edit-distance.ts';
import { projectDocument } from './project-document.ts';

/** A mistake that the schema found; `at` says whether the key or the value at the path is at fault. */
export interface SchemaIssue {
  readonly path: readonly (string | number)[];
  readonly at: 'key' | 'value';
  readonly message: string;
}

/** Mistakes told at once. */
export const MISTAKES_MAX = 100;

/** A key or text in a message: what shows which one is meant. */
const KEY_CHARS_MAX = 100;

type ZodIssue = z.core.$ZodIssue;

/** Every mistake in a parsed document, in the order of the schema; empty when it validates. */
export function schemaIssues(value: unknown): SchemaIssue[] {
  const parsed = projectDocument.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => explain(issue, [], value));
}

function explain(issue: ZodIssue, prefix: readonly (string | number)[], root: unknown): SchemaIssue[] {
  const path = [...prefix, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MISTAKES_MAX + 1).map((key) => unknownKey(path, key));
  }
  if (issue.code === 'invalid_union') {
    const branch = nearestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => explain(inner, path, root));
  }
  if (path.length === 0)
    return [{ path, at: 'value', message: 'expected keys and values: apiVersion, name, …' }];
  const absent = valueAt(root, path) === undefined;
  const missing = absent && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
  const said = issue.message.replace(/^Invalid input: /, '');
  const name = String(path.at(-1));
  const message = missing ? `missing: ${name} is required` : `${said}${shownValue(valueAt(root, path))}`;
  return [{ path, at: 'value', message }];
}

/** Of the alternatives of a union, the one with the fewest mistakes: what the writer most likely meant. */
function nearestBranch(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | undefined {
  const weighed = branches
    .map((issues) => ({ issues, weight: issues.reduce((sum, issue) => sum + weightOf(issue), 0) }))
    .filter(({ issues }) => issues.length > 0)
    .sort((a, b) => a.weight - b.weight);
  return weighed[0]?.issues;
}

function weightOf(issue: ZodIssue): number {
  if (issue.code === 'unrecognized_keys') return issue.keys.length;
  const wrongShape = issue.code === 'invalid_type' || issue.code === 'invalid_value';
  return wrongShape && issue.path.length === 0 ? 10 : 1;
}

function unknownKey(path: readonly (string | number)[], key: string): SchemaIssue {
  const known = knownKeys(path);
  const word = key.length > KEY_CHARS_MAX ? `${key.slice(0, KEY_CHARS_MAX)}…` : key;
  const near = nearest(word, known);
  const list = known.length === 0 ? '' : `; known here: ${known.join(', ')}`;
  const hint = near === undefined ? list : `; did you mean ${near}?`;
  return { path: [...path, key], at: 'key', message: `unknown key ${word}${hint}` };
}

function shownValue(value: unknown): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value) ?? typeof value;
  return `, came ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

type JsonSchema = { readonly [key: string]: unknown };
let jsonSchema: JsonSchema | undefined;

/** The JSON Schema of tend.yaml, for editors and for finding the keys that are known at a place. */
export function documentJsonSchema(): JsonSchema {
  jsonSchema ??= z.toJSONSchema(projectDocument, { target: 'draft-2020-12', io: 'input' }) as JsonSchema;
  return jsonSchema;
}

function knownKeys(path: readonly (string | number)[]): string[] {
  let here: JsonSchema[] = [documentJsonSchema()];
  for (const step of path) here = here.flatMap((schema) => stepInto(schema, step));
  const keys = here
    .flatMap(alternatives)
    .flatMap((schema) => Object.keys((schema.properties as object) ?? {}));
  return [...new Set(keys)];
}

function stepInto(schema: JsonSchema, step: string | number): JsonSchema[] {
  return alternatives(schema).flatMap((alternative): JsonSchema[] => {
    if (typeof step === 'number')
      return alternative.items === undefined ? [] : [alternative.items as JsonSchema];
    const property = (alternative.properties as Record<string, JsonSchema> | undefined)?.[step];
    const rest = alternative.additionalProperties;
    if (property !== undefined) return [property];
    return typeof rest === 'object' && rest !== null ? [rest as JsonSchema] : [];
  });
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const nested = [...((schema.anyOf as JsonSchema[]) ?? []), ...((schema.oneOf as JsonSchema[]) ?? [])];
  return nested.length === 0 ? [schema] : nested.flatMap(alternatives);
}
