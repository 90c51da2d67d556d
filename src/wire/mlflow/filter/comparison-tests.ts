import type { NumberTest, TextOperator, TextTest } from '../../../lifecycle/training/tracking/comparison.ts';
import { invalid } from '../mlflow-error.ts';
import type { Comparison, Operator } from './parse-filter.ts';

const TEXT_OPERATORS: Partial<Record<Operator, TextOperator>> = {
  '=': '=',
  '!=': '!=',
  LIKE: 'like',
  ILIKE: 'ilike',
  IN: 'in',
  'NOT IN': 'not in',
  'IS NULL': 'absent',
  'IS NOT NULL': 'present',
};

/** Wildcards in one pattern; each makes the comparison dearer. */
const WILDCARDS_MAX = 50;

/** A comparison with a number. @throws INVALID_PARAMETER_VALUE for another operator or value */
export function numberTest({ operator, value }: Comparison, what: string): NumberTest {
  if (value.kind !== 'number') {
    const found = value.kind === 'text' ? `'${value.text.slice(0, 100)}'` : operator;
    throw invalid(`Expected numeric value type for ${what}. Found ${found}`);
  }
  if (operator !== '=' && operator !== '!=' && !/^[<>]=?$/.test(operator))
    throw invalid(`Invalid comparator '${operator}' for ${what}; expected one of >, >=, !=, =, <, <=`);
  return { operator: operator as NumberTest['operator'], value: value.number };
}

/** A comparison with a text by one of these operators. @throws INVALID_PARAMETER_VALUE */
export function textTest(
  { operator, value }: Comparison,
  what: string,
  allowed: readonly Operator[],
): TextTest {
  const own = TEXT_OPERATORS[operator];
  if (own === undefined || !allowed.includes(operator)) {
    throw invalid(`Invalid comparator '${operator}' for ${what}; expected one of ${allowed.join(', ')}`);
  }
  if (value.kind === 'none') return { operator: own, values: [] };
  if (value.kind === 'list') return { operator: own, values: value.items };
  if (value.kind === 'number')
    throw invalid(`Expected a quoted string value for ${what} (e.g. 'my-value'). Got value ${value.number}`);
  if ((own === 'like' || own === 'ilike') && (value.text.match(/%/g)?.length ?? 0) > WILDCARDS_MAX)
    throw invalid(`Invalid pattern for ${what}: more than ${WILDCARDS_MAX} wildcards`);
  return { operator: own, values: [value.text] };
}

/** Operators of what people log as text. */
export const LOGGED_TEXT: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'];
/** Operators of an attribute. */
export const ATTRIBUTE_TEXT: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'];
