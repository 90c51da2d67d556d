import { invalid } from '../mlflow-error.ts';

/** A piece of a filter. `parts`: a name cut at its dots; `value`: what stands in the quotes of a text. */
export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'symbol';
  readonly text: string;
  readonly parts: readonly string[];
  readonly value: string;
  /** A name that is all in quotes, which may be meant as a value. */
  readonly isQuoted: boolean;
}

/** Longest filter: a list of 1,000 ids. */
const FILTER_CHARS_MAX = 50_000;

const SPACE = /\s+/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y;
const TEXT = /'((?:[^']|'')*)'/y;
const PART = /(?:"((?:[^"])*)"|`((?:[^`])*)`|([^\s"'`=!<>(),]+))/y;
const SYMBOL = /!=|<>|>=|<=|==|[=<>(),]/y;

/** The pieces of a filter in order, in time linear in its length. @throws INVALID_PARAMETER_VALUE */
export function tokensOf(filter: string): readonly Token[] {
  if (filter.length > FILTER_CHARS_MAX)
    throw invalid(`Invalid filter string: longer than ${FILTER_CHARS_MAX} characters.`);
  const tokens: Token[] = [];
  for (let at = 0; at < filter.length; ) {
    const space = match(SPACE, filter, at);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const [token, next] = readToken(filter, at);
    tokens.push(token);
    at = next;
  }
  return tokens;
}

function readToken(filter: string, at: number): readonly [Token, number] {
  const plain = { parts: [], value: '', isQuoted: false };
  const number = match(NUMBER, filter, at);
  if (number !== null) return [{ ...plain, kind: 'number', text: number[0] }, at + number[0].length];
  const symbol = match(SYMBOL, filter, at);
  if (symbol !== null) {
    const text = symbol[0] === '<>' ? '!=' : symbol[0];
    return [{ ...plain, kind: 'symbol', text }, at + symbol[0].length];
  }
  const text = match(TEXT, filter, at);
  if (text !== null) {
    const value = (text[1] ?? '').replaceAll("''", "'");
    return [{ ...plain, kind: 'text', text: text[0], value }, at + text[0].length];
  }
  return readName(filter, at);
}

/** Quoted and plain stretches that touch: `metrics."a b".c`. */
function readName(filter: string, start: number): readonly [Token, number] {
  const parts: string[] = [''];
  let at = start;
  let isQuoted = true;
  for (let piece = match(PART, filter, at); piece !== null; piece = match(PART, filter, at)) {
    at += piece[0].length;
    const [, double, back, plain] = piece;
    const exact = double ?? back;
    if (exact !== undefined) parts[parts.length - 1] += exact;
    else {
      isQuoted = false;
      const [first = '', ...rest] = (plain ?? '').split('.');
      parts[parts.length - 1] += first;
      parts.push(...rest);
    }
  }
  if (at === start)
    throw invalid(
      `Invalid filter string: unclosed quote at ${JSON.stringify(filter.slice(start, start + 40))}`,
    );
  return [{ kind: 'name', text: filter.slice(start, at), parts, value: '', isQuoted }, at];
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
