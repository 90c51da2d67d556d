import { TendError } from '../../kernel/error.ts';
import type { Expression, Field } from './expression.ts';
import { FOLDED, FUNCTIONS } from './function-table.ts';
import type { Overload, Value, ValueType } from './functions/meaning.ts';

/** An expression whose names and overloads are settled, and whose constant parts are computed. */
export type CheckedExpression =
  | { readonly kind: 'constant'; readonly type: ValueType; readonly value: Value }
  | { readonly kind: 'field'; readonly type: ValueType; readonly name: string }
  | {
      readonly kind: 'apply';
      readonly type: ValueType;
      readonly apply: Overload['apply'];
      readonly args: readonly CheckedExpression[];
    };

/** A bare `null` fits every type. */
const NULL = { kind: 'null' } as const;
type Checked = CheckedExpression | typeof NULL;

/**
 * The type of what an expression gives. @throws SPEC_INVALID saying what was expected and what stood there.
 */
export function typeOf(expression: Expression, fields: readonly Field[]): ValueType {
  return checkExpression(expression, fields).type;
}

/** Settles names and types of an expression over the given fields. @throws SPEC_INVALID */
export function checkExpression(expression: Expression, fields: readonly Field[]): CheckedExpression {
  const checked = check(expression, new Map(fields.map((field) => [field.name, field.type])));
  if (checked.kind !== 'null') return checked;
  throw new TendError(
    'SPEC_INVALID',
    'expected an expression with a type, found null; write cast_number(null)',
  );
}

function check(expression: Expression, fields: ReadonlyMap<string, ValueType>): Checked {
  if (expression.kind === 'literal') return literal(expression.value);
  if (expression.kind === 'call') return desugar(expression, (part) => check(part, fields));
  const type = fields.get(expression.name);
  if (type !== undefined) return { kind: 'field', type, name: expression.name };
  const known = [...fields.keys()].join(', ') || 'none';
  throw new TendError('SPEC_INVALID', `no field is called ${expression.name}; the fields are ${known}`);
}

function literal(value: number | string | boolean | null): Checked {
  if (value === null) return NULL;
  if (typeof value === 'string') return { kind: 'constant', type: 'string', value };
  if (typeof value === 'boolean') return { kind: 'constant', type: 'boolean', value: value ? 1 : 0 };
  return { kind: 'constant', type: 'number', value };
}

/** Functions of many arguments in terms of those of at most three. */
function desugar(
  call: Extract<Expression, { readonly kind: 'call' }>,
  checkPart: (part: Expression) => Checked,
): Checked {
  const args = call.args.map(checkPart);
  const [first, second, third] = args;
  if (call.fn === 'in') {
    if (first === undefined || args.length < 2)
      throw arity('in', 'a value and at least one to compare it with');
    return fold(
      'or',
      args.slice(1).map((item) => apply('=', [first, item])),
    );
  }
  if (call.fn === 'between') {
    if (!first || !second || !third || args.length > 3)
      throw arity('between', 'a value, a low and a high end');
    return apply('and', [apply('>=', [first, second]), apply('<=', [first, third])]);
  }
  if (call.fn === 'case') {
    if (args.length < 2) throw arity('case', 'condition, value, condition, value, … and the value otherwise');
    return choice(args);
  }
  if (FOLDED.has(call.fn)) {
    if (args.length === 0) throw arity(call.fn, 'at least one argument');
    return fold(call.fn, args);
  }
  return apply(call.fn, args);
}

function choice(args: readonly Checked[]): Checked {
  let result: Checked = args.length % 2 === 1 ? (args.at(-1) ?? NULL) : NULL;
  for (let i = args.length - (args.length % 2) - 2; i >= 0; i -= 2) {
    const value = args[i + 1] ?? NULL;
    if (value.kind === 'null' && result.kind === 'null') continue;
    result = apply('case', [args[i] ?? NULL, value, result]);
  }
  return result;
}

function fold(fn: string, args: readonly Checked[]): Checked {
  const [first = NULL, ...rest] = args;
  if (rest.length === 0) return fn === 'concat' ? apply(fn, [first, literal('')]) : first;
  return rest.reduce(
    (sum, arg) => (sum.kind === 'null' && arg.kind === 'null' ? NULL : apply(fn, [sum, arg])),
    first,
  );
}

/**
 * Chooses the overload, fills in what a bare null means there, and computes it if every argument is constant.
 */
function apply(fn: string, args: readonly Checked[]): CheckedExpression {
  const meaning = FUNCTIONS.get(fn);
  if (meaning === undefined) throw new TendError('SPEC_INVALID', `there is no function ${fn}`);
  const overload = meaning.overloads.find((candidate) => fits(candidate, args));
  if (overload === undefined) {
    const found = args.map((arg) => (arg.kind === 'null' ? 'null' : arg.type)).join(', ');
    throw arity(fn, meaning.overloads.map(signature).join(' or '), `(${found})`);
  }
  const settled = args.map((arg, i): CheckedExpression => {
    if (arg.kind !== 'null') return arg;
    const type = overload.args[i] ?? 'number';
    return { kind: 'constant', type, value: type === 'string' ? null : Number.NaN };
  });
  const literals = settled.map((arg) => (arg.kind === 'constant' ? arg.value : undefined));
  const unmet = meaning.check?.(literals);
  if (unmet !== undefined) throw arity(fn, unmet);
  if (settled.every((arg) => arg.kind === 'constant')) {
    const [a, b, c] = literals as never[];
    return {
      kind: 'constant',
      type: overload.result,
      value: overload.apply(a as never, b as never, c as never),
    };
  }
  return { kind: 'apply', type: overload.result, apply: overload.apply, args: settled };
}

function fits(overload: Overload, args: readonly Checked[]): boolean {
  if (overload.args.length !== args.length) return false;
  return args.every((arg, i) => arg.kind === 'null' || arg.type === overload.args[i]);
}

function signature(overload: Overload): string {
  return `(${overload.args.join(', ')})`;
}

function arity(fn: string, expected: string, found?: string): TendError {
  return new TendError(
    'SPEC_INVALID',
    `${fn} expects ${expected}${found === undefined ? '' : `, found ${found}`}`,
  );
}
