import type { JsonObject } from './json.ts';
import { isPrimitive } from './json-guard.ts';

/** A declared criterion in words: which figure, which bound, measured where, judged by whom. */
export interface PromiseRow {
  readonly promise: string;
  readonly metric: string;
  readonly bound: string;
  readonly where: string;
  readonly judgedBy: string;
}

/** How each qualifying field of a criterion is said; a field that is not here is said by its name. */
const WORDS: Readonly<Record<string, (value: string) => string>> = {
  on: (value) => `on ${value} rows`,
  by: (value) => `by ${value}`,
  min_rows: (value) => `groups of ${value} rows or more`,
  selected: (value) => `selected: ${value}`,
  over: (value) => `over ${value}`,
  live: () => 'live',
};

const SAID = new Set(['id', 'metric', 'at_least', 'at_most', 'judged_by']);

/** The row of a criterion as it was declared; undefined where a value is none. */
export function promiseRow(value: JsonObject): PromiseRow | undefined {
  const text = (name: string): string => {
    const part = value[name] ?? '';
    return typeof part === 'string' ? part : JSON.stringify(part);
  };
  if (value['id'] === undefined || value['metric'] === undefined || value['judged_by'] === undefined)
    return undefined;
  if (!Object.values(value).every(isPrimitive)) return undefined;
  const order = [...Object.keys(WORDS), ...Object.keys(value)];
  const rest = [...new Set(order)].filter((name) => name in value && !SAID.has(name));
  const where = rest.map((name) => WORDS[name]?.(text(name)) ?? `${name} ${text(name)}`);
  const bound = value['at_least'] === undefined ? `≤ ${text('at_most')}` : `≥ ${text('at_least')}`;
  return {
    promise: text('id'),
    metric: text('metric'),
    bound,
    where: where.join(', '),
    judgedBy: text('judged_by'),
  };
}
