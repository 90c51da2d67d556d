import { invalid } from '../mlflow-error.ts';
import { type Token, tokensOf } from './filter-tokens.ts';

/** One comparison as it is written: what is compared is for the caller to understand. */
export interface Comparison {
  /** Part before the first dot outside of quotes; undefined without one. */
  readonly entity: string | undefined;
  readonly key: string;
  readonly operator: Operator;
  readonly value: Literal;
}

/** Operators, in capitals. */
export const OPERATORS = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'LIKE',
  'ILIKE',
  'RLIKE',
  'IN',
  'NOT IN',
  'IS NULL',
  'IS NOT NULL',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** What a key is compared with; `none` for IS NULL. */
export type Literal =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'none' };

/** Comparisons in one filter; each is a look-up for every row. */
const COMPARISONS_MAX = 50;

/**
 * `key operator literal AND …`: no OR, no parentheses but those of a list. @throws
 * INVALID_PARAMETER_VALUE with the place where it ends to be one
 */
export function parseFilter(filter: string | undefined): readonly Comparison[] {
  if (filter === undefined || filter.trim() === '') return [];
  const tokens = tokensOf(filter);
  const found: Comparison[] = [];
  for (let at = 0; at < tokens.length; ) {
    const [comparison, next] = readComparison(tokens, at, filter);
    found.push(comparison);
    if (found.length > COMPARISONS_MAX)
      throw invalid(`Invalid filter string: more than ${COMPARISONS_MAX} comparisons.`);
    at = next;
    const joint = tokens[at];
    if (joint === undefined) break;
    if (!isWord(joint, 'AND')) throw invalid(`Invalid clause(s) in filter string: ${quoted(joint.text)}`);
    at += 1;
    if (at === tokens.length) throw invalid(`Invalid filter string: nothing follows AND.`);
  }
  return found;
}

function readComparison(tokens: readonly Token[], at: number, filter: string): readonly [Comparison, number] {
  const name = tokens[at];
  if (name === undefined || name.kind === 'symbol' || name.kind === 'number' || name.kind === 'text')
    throw invalid(`Invalid clause(s) in filter string: ${quoted(name?.text ?? filter)}`);
  const { entity, key } = identifierOf(name);
  const [operator, afterOperator] = readOperator(tokens, at + 1, filter);
  if (operator === 'IS NULL' || operator === 'IS NOT NULL')
    return [{ entity, key, operator, value: { kind: 'none' } }, afterOperator];
  const [value, next] = readLiteral(tokens, afterOperator, filter);
  const isList = operator === 'IN' || operator === 'NOT IN';
  if (isList !== (value.kind === 'list'))
    throw invalid(`Invalid clause(s) in filter string: ${operator} ${isList ? 'needs' : 'takes no'} list`);
  return [{ entity, key, operator, value }, next];
}

/** `metrics.a.b` is the key `a.b`; a quoted part is taken as it is. */
export function identifierOf(name: Token): { readonly entity: string | undefined; readonly key: string } {
  const [first, ...rest] = name.parts;
  if (first === undefined) throw invalid(`Invalid identifier ${quoted(name.text)}`);
  if (rest.length === 0) return { entity: undefined, key: first };
  return { entity: first, key: rest.join('.') };
}

function readOperator(tokens: readonly Token[], at: number, filter: string): readonly [Operator, number] {
  const first = tokens[at];
  const words = tokens
    .slice(at, at + 3)
    .map((token) => (token.kind === 'name' ? token.text.toUpperCase() : ''));
  if (words[0] === 'NOT' && words[1] === 'IN') return ['NOT IN', at + 2];
  if (words[0] === 'IS' && words[1] === 'NULL') return ['IS NULL', at + 2];
  if (words[0] === 'IS' && words[1] === 'NOT' && words[2] === 'NULL') return ['IS NOT NULL', at + 3];
  const text = first?.text.toUpperCase() ?? '';
  const operator = OPERATORS.find((one) => one === (text === '==' ? '' : text));
  if (operator === undefined || first?.kind === 'text')
    throw invalid(
      'Invalid clause(s) in filter string: expected a comparison operator, found ' +
        `${quoted(first?.text ?? 'the end')} in ${quoted(filter)}`,
    );
  return [operator, at + 1];
}

function readLiteral(tokens: readonly Token[], at: number, filter: string): readonly [Literal, number] {
  const token = tokens[at];
  if (token === undefined) throw invalid(`Invalid filter string: a value is missing in ${quoted(filter)}`);
  if (token.kind === 'text') return [{ kind: 'text', text: token.value }, at + 1];
  if (token.kind === 'number') return [{ kind: 'number', number: Number(token.text) }, at + 1];
  if (token.text === '(') return readList(tokens, at + 1);
  // Double quotes and backticks are for names, but people quote values with them too.
  if (token.kind === 'name' && token.isQuoted) return [{ kind: 'text', text: token.parts.join('.') }, at + 1];
  throw invalid(
    `Expected a quoted string value. Found ${quoted(token.text)}. ` +
      "Use single or double quotes for a value, for instance = 'x'.",
  );
}

function readList(tokens: readonly Token[], start: number): readonly [Literal, number] {
  const items: string[] = [];
  for (let at = start; at < tokens.length; at += 2) {
    const item = tokens[at];
    const isText = item?.kind === 'text' || (item?.kind === 'name' && item.isQuoted);
    if (item === undefined || !isText)
      throw invalid('While parsing a list in the query, expected string value, punctuation, or whitespace');
    items.push(item.kind === 'text' ? item.value : item.parts.join('.'));
    const after = tokens[at + 1]?.text;
    if (after === ')') return [{ kind: 'list', items }, at + 2];
    if (after !== ',') break;
  }
  throw invalid('While parsing a list in the query, expected a closing parenthesis');
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'name' && !token.isQuoted && token.text.toUpperCase() === word;
}

function quoted(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return `'${short}'`;
}
