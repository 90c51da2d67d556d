import type { Json } from './json.ts';
import { isObject, isString } from './json-guard.ts';

/** Functions that are written between their arguments. */
const BETWEEN = new Set(['+', '-', '*', '/', '%', '||', '=', '<>', '<', '<=', '>', '>=', 'and', 'or']);

/** Members of a list that are written out; a reader of thirty codes reads none. */
const LISTED_MAX = 5;

/** The feature expression in a JSON value as text near to SQL; undefined where it is none. */
export function expressionText(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  if (value['kind'] === 'field' && isString(value['name'])) return value['name'];
  if (value['kind'] === 'literal' && 'value' in value) return literalText(value['value'] ?? null);
  const { kind, fn, args } = value;
  if (kind !== 'call' || !isString(fn) || !Array.isArray(args)) return undefined;
  const texts = args.map((arg: Json) => expressionText(arg) ?? JSON.stringify(arg));
  return callText(fn, texts, args);
}

function literalText(value: Json): string {
  return isString(value) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

function callText(fn: string, texts: readonly string[], args: readonly Json[]): string {
  const [first = '', ...rest] = texts;
  if (BETWEEN.has(fn) && texts.length > 1) {
    return texts.map((text, index) => (isNested(args[index]) ? `(${text})` : text)).join(` ${fn} `);
  }
  if (fn === 'in') {
    const shown = rest.slice(0, LISTED_MAX).join(', ');
    return `${first} in (${shown}${rest.length > LISTED_MAX ? `, … ${rest.length} values` : ''})`;
  }
  if (fn === 'case') return caseText(texts);
  return `${fn}(${texts.join(', ')})`;
}

function caseText(texts: readonly string[]): string {
  const pairs = Math.floor(texts.length / 2);
  const branches = Array.from({ length: pairs }, (_, i) => `when ${texts[2 * i]} then ${texts[2 * i + 1]}`);
  const otherwise = texts.length % 2 === 1 ? [`else ${texts.at(-1) ?? ''}`] : [];
  return ['case', ...branches, ...otherwise, 'end'].join(' ');
}

/** Does an argument need brackets within a chain? */
function isNested(arg: Json | undefined): boolean {
  return isObject(arg) && arg['kind'] === 'call' && isString(arg['fn']) && BETWEEN.has(arg['fn']);
}
