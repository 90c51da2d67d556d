import { TendError } from '../../kernel/error.ts';
import { typeOf } from '../../decide/expression/check-expression.ts';
import type { Expression, Field, FunctionName } from '../../decide/expression/expression.ts';
import { FUNCTION_NAMES } from '../../decide/expression/function-table.ts';
import { nearest } from '../../kernel/edit-distance.ts';
import { asNodes, type SqlNode } from '../../table/sql-statement.ts';

/** SQL names of functions that the expression language knows under another one. */
const ALIASES: Readonly<Record<string, FunctionName>> = {
  mod: '%',
  pow: 'power',
  '**': 'power',
  '^': 'power',
  log: 'log10',
  ceiling: 'ceil',
  lcase: 'lower',
  ucase: 'upper',
  len: 'length',
  substring: 'substr',
  prefix: 'starts_with',
  '^@': 'starts_with',
  weekday: 'dayofweek',
  '!=': '<>',
};

const COMPARISONS: Readonly<Record<string, FunctionName>> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHAN: '>',
  COMPARE_GREATERTHANOREQUALTO: '>=',
};

/** Parts of a date that `extract` and `date_part` may name. */
const DATE_PARTS: Readonly<Record<string, FunctionName>> = {
  year: 'year',
  month: 'month',
  day: 'day',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  dow: 'dayofweek',
  dayofweek: 'dayofweek',
  isodow: 'isodow',
  doy: 'dayofyear',
  epoch: 'epoch',
};

/** Names for what SQL writes otherwise: as a cast, a word, a sign. */
const UNWRITTEN = /^(cast_\w+|is_null|is_not_null|add_interval|in|between|case|and|or|not)$/;

/** Functions that make an interval, by the milliseconds of their unit. */
const INTERVALS: Readonly<Record<string, number>> = {
  to_microseconds: 0.001,
  to_milliseconds: 1,
  to_seconds: 1_000,
  to_minutes: 60_000,
  to_hours: 3_600_000,
  to_days: 86_400_000,
  to_weeks: 604_800_000,
};

/** Casts to whole numbers, by the engine's names of the types. */
const WHOLE = /^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/;

/**
 * The expression that means the same as a node of DuckDB's parse tree. `fields` say what a cast to a whole
 * number rounds: a number goes to the even neighbour at a half, a text away from zero.
 * @throws SPEC_INVALID naming the function or form that has no row-wise meaning here.
 */
export function sqlExpression(node: SqlNode, origin: string, fields: readonly Field[] = []): Expression {
  const at = (child: unknown): Expression => sqlExpression(child as SqlNode, origin, fields);
  switch (node.class) {
    case 'CONSTANT':
      return literal(node.value as SqlNode, origin);
    case 'COLUMN_REF':
      return { kind: 'field', name: String((node.column_names as unknown[]).at(-1)) };
    case 'FUNCTION':
      return functionCall(node, origin, at);
    case 'COMPARISON':
      return call(comparison(node, origin), at(node.left), at(node.right));
    case 'CONJUNCTION':
      return call(node.type === 'CONJUNCTION_AND' ? 'and' : 'or', ...asNodes(node.children).map(at));
    case 'BETWEEN':
      return call('between', at(node.input), at(node.lower), at(node.upper));
    case 'CAST':
      return cast(node, origin, at(node.child), fields);
    case 'CASE':
      return caseExpression(node, at);
    case 'OPERATOR':
      return operator(node, origin, at);
    default:
      throw unknownForm(origin, String(node.class).toLowerCase());
  }
}

type Translate = (child: unknown) => Expression;

function call(fn: FunctionName, ...args: Expression[]): Expression {
  return { kind: 'call', fn, args };
}

function literal(value: SqlNode, origin: string): Expression {
  if (value.is_null === true) return { kind: 'literal', value: null };
  const type = value.type as SqlNode;
  const plain = value.value;
  if (type.id === 'DECIMAL' && typeof plain === 'number') {
    const scale = Number((type.type_info as SqlNode).scale);
    return { kind: 'literal', value: Number(`${plain}e-${scale}`) };
  }
  if (typeof plain === 'number' || typeof plain === 'string' || typeof plain === 'boolean') {
    return { kind: 'literal', value: plain };
  }
  const digits = /^(DECIMAL|BIGINT|U?HUGEINT|UBIGINT)$/.test(String(type.id));
  throw unknownForm(
    origin,
    digits ? 'a constant of so many digits' : `a constant of type ${String(type.id)}`,
  );
}

function functionCall(node: SqlNode, origin: string, at: Translate): Expression {
  const name = String(node.function_name).toLowerCase();
  const children = asNodes(node.children);
  const [first, second] = children;
  if (node.distinct === true || (node.filter ?? null) !== null)
    throw unknownForm(origin, `${name}() of several rows`);
  if ((name === '+' || name === '-') && children.length === 2) {
    const right = intervalOf(second, at);
    if (right !== undefined) return call('add_interval', at(first), name === '-' ? call('-', right) : right);
    const left = intervalOf(first, at);
    if (left !== undefined && name === '+') return call('add_interval', at(second), left);
  }
  if (name === 'date_part' && first?.class === 'CONSTANT') {
    const word = String((first.value as SqlNode).value).toLowerCase();
    const part = DATE_PARTS[word];
    if (part === undefined) throw unknownPart(origin, word);
    return call(part, at(second));
  }
  if (name === '//') {
    // DuckDB divides whole numbers to a whole one and others to a fraction; fields are numbers, whole or not.
    throw new TendError(
      'SPEC_INVALID',
      `${origin}: // depends on how a number is stored; write trunc(a / b)`,
    );
  }
  if (name === '+' && children.length === 1) return at(first);
  if (name === 'trunc' && children.length === 1) return truncated(at(first));
  if (name === 'if' && children.length === 3) return call('case', ...children.map(at));
  const known = ALIASES[name] ?? name;
  if (!(FUNCTION_NAMES as readonly string[]).includes(known) || UNWRITTEN.test(name)) {
    throw unknownFunction(origin, name);
  }
  return call(known as FunctionName, ...children.map(at));
}

/** Towards zero. */
function truncated(x: Expression): Expression {
  return call('case', call('<', x, { kind: 'literal', value: 0 }), call('ceil', x), call('floor', x));
}

/**
 * Half to even, as DuckDB casts a DOUBLE to a whole number: at a half, x / 2 ends in a quarter or three
 * quarters, and twice its rounding is the even neighbour of x.
 */
function roundedToEven(x: Expression): Expression {
  const two: Expression = { kind: 'literal', value: 2 };
  const half = call('=', call('-', x, call('floor', x)), { kind: 'literal', value: 0.5 });
  return call('case', half, call('*', two, call('round', call('/', x, two))), call('round', x));
}

/** Milliseconds of an interval expression; undefined for anything else. */
function intervalOf(node: SqlNode | undefined, at: Translate): Expression | undefined {
  if (node?.class !== 'FUNCTION') return undefined;
  const unit = INTERVALS[String(node.function_name)];
  if (unit === undefined) return undefined;
  return call('*', at(withoutTruncation(asNodes(node.children)[0])), { kind: 'literal', value: unit });
}

/** `INTERVAL 30 MINUTES` is parsed as to_minutes(trunc(30::DOUBLE)::BIGINT); a whole number needs neither. */
function withoutTruncation(node: SqlNode | undefined): SqlNode | undefined {
  let inner = node;
  while (inner?.class === 'CAST' || (inner?.class === 'FUNCTION' && inner.function_name === 'trunc')) {
    inner = inner.class === 'CAST' ? (inner.child as SqlNode) : asNodes(inner.children)[0];
  }
  const value = inner?.class === 'CONSTANT' ? (inner.value as SqlNode).value : undefined;
  return Number.isSafeInteger(value) ? inner : node;
}

function comparison(node: SqlNode, origin: string): FunctionName {
  const name = COMPARISONS[String(node.type)];
  if (name === undefined) throw unknownForm(origin, String(node.type).toLowerCase());
  return name;
}

function cast(node: SqlNode, origin: string, child: Expression, fields: readonly Field[]): Expression {
  const castType = node.cast_type as SqlNode;
  const type = String(castType.id);
  if (type === 'BOOLEAN') return call('cast_boolean', child);
  if (type === 'VARCHAR') return call('cast_string', child);
  if (/^TIMESTAMP( WITH TIME ZONE)?$/.test(type)) return call('cast_time', child);
  if (type === 'DATE') return call('date_trunc', { kind: 'literal', value: 'day' }, call('cast_time', child));
  // FLOAT keeps the digits of a DOUBLE: training and serving read the same.
  if (type === 'FLOAT' || type === 'DOUBLE') return call('cast_number', child);
  if (type === 'DECIMAL') {
    const scale = Number((castType.type_info as SqlNode).scale);
    return call('round', call('cast_number', child), { kind: 'literal', value: scale });
  }
  if (!WHOLE.test(type)) throw unknownForm(origin, `a cast to ${type}`);
  const number = call('cast_number', child);
  return isText(child, fields) ? call('round', number) : roundedToEven(number);
}

/** Is it a text? What does not fit together is reported where the whole is typed. */
function isText(expression: Expression, fields: readonly Field[]): boolean {
  try {
    return typeOf(expression, fields) === 'string';
  } catch {
    return false;
  }
}

function caseExpression(node: SqlNode, at: Translate): Expression {
  const args = asNodes(node.case_checks).flatMap((check) => [at(check.when_expr), at(check.then_expr)]);
  const otherwise = node.else_expr;
  return call('case', ...args, ...(otherwise === null || otherwise === undefined ? [] : [at(otherwise)]));
}

function operator(node: SqlNode, origin: string, at: Translate): Expression {
  const children = asNodes(node.children).map(at);
  const first = children[0] as Expression;
  switch (node.type) {
    case 'OPERATOR_NOT':
      return call('not', first);
    case 'OPERATOR_IS_NULL':
      return call('is_null', first);
    case 'OPERATOR_IS_NOT_NULL':
      return call('is_not_null', first);
    case 'OPERATOR_COALESCE':
      return call('coalesce', ...children);
    case 'COMPARE_IN':
      return call('in', ...children);
    case 'COMPARE_NOT_IN':
      return call('not', call('in', ...children));
    default:
      throw unknownForm(origin, String(node.type).toLowerCase());
  }
}

const ROW_BY_ROW =
  'A request feature is computed from the fields of one request; aggregates belong in a feature table.';

function unknownForm(origin: string, form: string): TendError {
  return new TendError('SPEC_INVALID', `${origin}: ${form} has no meaning for one row`, { hint: ROW_BY_ROW });
}

function unknownPart(origin: string, word: string): TendError {
  const parts = Object.keys(DATE_PARTS).join(', ');
  return new TendError('SPEC_INVALID', `${origin}: there is no part ${word} of a moment; known: ${parts}`);
}

function unknownFunction(origin: string, name: string): TendError {
  const known = FUNCTION_NAMES.filter((word) => /^[a-z]/.test(word) && !UNWRITTEN.test(word));
  const near = nearest(name, [...known, ...Object.keys(ALIASES)]);
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
  return new TendError('SPEC_INVALID', `${origin}: there is no row-wise function ${name}(); ${hint}`, {
    hint: ROW_BY_ROW,
  });
}
