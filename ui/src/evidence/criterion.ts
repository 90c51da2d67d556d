import type { Json, JsonObject } from './json.ts';
import type { Verdict } from '../api/answer.ts';
import { isNumber, isObject, isString } from './json-guard.ts';
import { asVerdict } from './verdict-word.ts';

/** One line of `body.criteria`: a promise, what was measured, and whether it holds. */
export interface JudgedCriterion {
  readonly id: string;
  readonly metric: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly atLeast: number | null;
  readonly atMost: number | null;
  readonly verdict: Verdict;
  readonly unit: string;
  readonly slice: string;
}

const numberOf = (value: Json | undefined): number | null => (isNumber(value) ? value : null);
const textOf = (value: Json | undefined): string => (isString(value) ? value : '');

function boundOf(bound: Json | undefined): { atLeast: number | null; atMost: number | null } {
  if (isObject(bound)) return { atLeast: numberOf(bound['at_least']), atMost: numberOf(bound['at_most']) };
  const [, sign, figure] = /^\s*(≥|>=|≤|<=)\s*(-?[\d.]+(?:e-?\d+)?)/.exec(textOf(bound)) ?? [];
  if (sign === undefined || figure === undefined) return { atLeast: null, atMost: null };
  const value = Number(figure);
  return sign === '≥' || sign === '>=' ? { atLeast: value, atMost: null } : { atLeast: null, atMost: value };
}

/** The criterion in a JSON value, or undefined where it has no id, metric and verdict. */
export function asCriterion(value: Json): JudgedCriterion | undefined {
  if (!isObject(value)) return undefined;
  const verdict = asVerdict(value['verdict']);
  if (!isString(value['id']) || !isString(value['metric']) || verdict === undefined) return undefined;
  return {
    id: value['id'],
    metric: value['metric'],
    value: numberOf(value['value']),
    low: numberOf(value['low']),
    high: numberOf(value['high']),
    ...boundOf(value['bound']),
    verdict,
    unit: textOf(value['unit']),
    slice: textOf(value['slice']),
  };
}

/** Criteria of a body's `criteria`; undefined if it is not such a list. */
export function criteriaOf(body: JsonObject): readonly JudgedCriterion[] | undefined {
  const list = body['criteria'];
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const criteria = list.map((item: Json) => asCriterion(item)).filter((item) => item !== undefined);
  return criteria.length === list.length ? criteria : undefined;
}
