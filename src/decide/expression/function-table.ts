import { ARITHMETIC } from './functions/arithmetic.ts';
import { CALENDAR } from './functions/calendar.ts';
import { CAST } from './functions/cast.ts';
import { LOGIC } from './functions/logic.ts';
import type { Meaning } from './functions/meaning.ts';
import { TEXT } from './functions/text.ts';

const TABLE = { ...ARITHMETIC, ...LOGIC, ...TEXT, ...CALENDAR, ...CAST } satisfies Record<string, Meaning>;

/** Functions that are spelled out in terms of the others (`check-expression.ts`, `desugar`). */
const COMPOSED = ['in', 'between'] as const;

/** Every function an expression may call, `case` and the operators among them. */
export type FunctionName = keyof typeof TABLE | (typeof COMPOSED)[number];

/** The core functions by name, each of at most three arguments: the one place that says what they mean. */
export const FUNCTIONS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>(Object.entries(TABLE));

/** All names, sorted. */
export const FUNCTION_NAMES: readonly FunctionName[] = [
  ...FUNCTIONS.keys(),
  ...COMPOSED,
].sort() as FunctionName[];

/** Functions that take any number of arguments from two on, folded from the left. */
export const FOLDED: ReadonlySet<string> = new Set([
  'and',
  'or',
  'coalesce',
  'greatest',
  'least',
  'concat',
  '||',
]);
