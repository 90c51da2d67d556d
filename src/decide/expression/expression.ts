import { z } from 'zod';
import { FUNCTION_NAMES, type FunctionName } from './function-table.ts';
import { VALUE_TYPES, type ValueType } from './functions/meaning.ts';

export type { FunctionName, ValueType };

/**
 * A row-wise definition of a feature. `case` takes `cond, value, cond, value, …[, else]`; `in` the value and
 * the list; `between` value, low, high; operators are functions named by their sign; a time is written
 * `cast_time('2020-01-31')`.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: number | string | boolean | null }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'call'; readonly fn: FunctionName; readonly args: readonly Expression[] };

/** A field that an expression may read. */
export interface Field {
  readonly name: string;
  readonly type: ValueType;
}

/** Deeper than anything a person writes, and shallow enough for recursion over it. */
export const EXPRESSION_DEPTH_MAX = 100;
/** Nodes; a row of a request should not cost more than about 50 µs. */
export const EXPRESSION_NODES_MAX = 5_000;
/** Characters of one text in an expression. */
export const LITERAL_LENGTH_MAX = 1_000;
export const FIELD_NAME_LENGTH_MAX = 200;

/** A `ValueType` from outside. */
export const valueTypeSchema = z.enum(VALUE_TYPES);

const node: z.ZodType<Expression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('literal'),
      value: z.union([z.number(), z.string().max(LITERAL_LENGTH_MAX), z.boolean(), z.null()]),
    }),
    z.strictObject({ kind: z.literal('field'), name: z.string().min(1).max(FIELD_NAME_LENGTH_MAX) }),
    z.strictObject({ kind: z.literal('call'), fn: z.enum(FUNCTION_NAMES), args: z.array(node) }),
  ]),
);

/** An `Expression` from outside. Size and depth are checked first, without recursion. */
export const expressionSchema: z.ZodType<Expression> = z
  .unknown()
  .superRefine((value, ctx) => {
    const message = sizeMistake(value);
    if (message !== undefined) ctx.addIssue({ code: 'custom', message, input: value });
  })
  .pipe(node);

/** What is too large about a value that should be an expression; undefined if nothing is. */
function sizeMistake(root: unknown): string | undefined {
  let level: unknown[] = [root];
  let nodes = 0;
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > EXPRESSION_DEPTH_MAX)
      return `expected at most ${EXPRESSION_DEPTH_MAX} calls inside each other`;
    nodes += level.length;
    if (nodes > EXPRESSION_NODES_MAX) return `expected at most ${EXPRESSION_NODES_MAX} parts`;
    level = level.flatMap(argsOf);
  }
  return undefined;
}

function argsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || !('args' in value)) return [];
  return Array.isArray(value.args) ? value.args : [];
}
