import { invalid } from '../mlflow-error.ts';
import { tokensOf } from './filter-tokens.ts';
import { identifierOf } from './parse-filter.ts';

/** One item of an order: what by, and whether the largest comes first. */
export interface OrderItem {
  readonly entity: string | undefined;
  readonly key: string;
  readonly descending: boolean;
}

/** `key`, `key ASC` or `key DESC`. @throws INVALID_PARAMETER_VALUE */
export function parseOrder(item: string): OrderItem {
  const tokens = tokensOf(item);
  const [name, direction, ...rest] = tokens;
  const way = direction?.text.toUpperCase() ?? 'ASC';
  if (name === undefined || name.kind !== 'name' || rest.length > 0 || (way !== 'ASC' && way !== 'DESC'))
    throw invalid(`Invalid order_by clause '${item.slice(0, 200)}'. Could not be parsed.`);
  return { ...identifierOf(name), descending: way === 'DESC' };
}
