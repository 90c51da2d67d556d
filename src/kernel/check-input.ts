import { z } from 'zod';
import { nearest } from './edit-distance.ts';
import { type FieldError, TendError } from './error.ts';

/** The schema with unknown fields as mistakes, where it is an object that does not say otherwise. */
export function strictly(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema;
}

/** Mistakes told in one reply; the rest is counted. A body of a million wrong items stays a short answer. */
const MISTAKES_MAX = 100;

/** The checked input. @throws INVALID_INPUT with every mistake, `before` (found while reading) first */
export function checkInput(schema: z.ZodType, input: unknown, before: readonly FieldError[] = []): unknown {
  const result = schema.safeParse(input);
  if (result.success && before.length === 0) return result.data;
  const mistakes = [
    ...before,
    ...(result.success ? [] : result.error.issues.flatMap((issue) => mistakesOf(issue, schema))),
  ];
  const rest = mistakes.length - MISTAKES_MAX;
  const fields =
    rest > 0 ? [...mistakes.slice(0, MISTAKES_MAX), { path: '', message: `and ${rest} more` }] : mistakes;
  const first = mistakes[0];
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  const count = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : '';
  throw new TendError('INVALID_INPUT', `${where}${first?.message ?? 'not what was expected'}${count}`, {
    fields,
  });
}

/** Keys come from the client: no more of each is sent back than shows which is meant. */
const KEY_CHARS_MAX = 100;

function mistakesOf(issue: z.core.$ZodIssue, schema: z.ZodType): FieldError[] {
  const path = issue.path.map(String).join('.').slice(0, KEY_CHARS_MAX);
  if (issue.code !== 'unrecognized_keys')
    return [{ path, message: issue.message.replace(/^Invalid input: /, '') }];
  const known = path === '' && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return issue.keys.map((whole) => {
    const key = whole.slice(0, KEY_CHARS_MAX);
    const meant = nearest(key, known);
    const message = meant === undefined ? 'unknown field' : `unknown field; did you mean ${meant}?`;
    return { path: path === '' ? key : `${path}.${key}`, message };
  });
}
