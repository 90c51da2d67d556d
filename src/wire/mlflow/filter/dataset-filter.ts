import type {
  DatasetColumn,
  DatasetCondition,
  DatasetSearch,
} from '../../../lifecycle/training/genai/search-datasets.ts';
import { invalid } from '../mlflow-error.ts';
import { numberTest, textTest } from './comparison-tests.ts';
import { type Comparison, type Operator, parseFilter } from './parse-filter.ts';
import { parseOrder } from './parse-order.ts';

const ORDERED: Readonly<Record<string, DatasetColumn>> = {
  name: 'name',
  created_time: 'created_at',
  last_update_time: 'updated_at',
};
const TEXTS: Readonly<Record<string, 'name' | 'created_by' | 'updated_by'>> = {
  name: 'name',
  created_by: 'created_by',
  last_updated_by: 'updated_by',
};
const OPERATORS: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];

/** A search of evaluation datasets as it is written. @throws INVALID_PARAMETER_VALUE */
export function datasetSearch(
  filter: string | undefined,
  orderBy: readonly string[],
): Pick<DatasetSearch, 'conditions' | 'order'> {
  return {
    conditions: parseFilter(filter).map(conditionOf),
    order: orderBy.map((item) => {
      const { entity, key, descending } = parseOrder(item);
      const column = isAttribute(entity) && Object.hasOwn(ORDERED, key) ? ORDERED[key] : undefined;
      if (column === undefined) throw invalid(`Invalid order_by entity: ${item.slice(0, 200)}`);
      return { column, descending };
    }),
  };
}

function isAttribute(entity: string | undefined): boolean {
  return entity === undefined || /^(?:attributes?|attr)$/.test(entity);
}

function conditionOf(comparison: Comparison): DatasetCondition {
  const { entity, key } = comparison;
  if (entity === 'tag' || entity === 'tags')
    return { on: 'tag', key, test: textTest(comparison, 'tag', OPERATORS) };
  if (isAttribute(entity) && Object.hasOwn(TEXTS, key)) {
    const column = TEXTS[key] ?? 'name';
    const operators = column === 'name' ? ([...OPERATORS, 'IN'] as const) : OPERATORS;
    return { on: 'text', column, test: textTest(comparison, key, operators) };
  }
  if (isAttribute(entity) && (key === 'created_time' || key === 'last_update_time')) {
    const column = key === 'created_time' ? 'created_at' : 'updated_at';
    return { on: 'time', column, test: numberTest(comparison, key) };
  }
  throw invalid(
    `Invalid attribute key '${key.slice(0, 100)}' specified. Valid keys are 'name', 'created_time', ` +
      "'last_update_time', 'created_by', 'last_updated_by' and tags.",
  );
}
