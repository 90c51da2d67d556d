import type {
  ExperimentColumn,
  ExperimentCondition,
  ExperimentSearch,
} from '../../../lifecycle/training/tracking/search-experiments.ts';
import { invalid } from '../mlflow-error.ts';
import { LOGGED_TEXT, numberTest, textTest } from './comparison-tests.ts';
import { type Comparison, parseFilter } from './parse-filter.ts';
import { parseOrder } from './parse-order.ts';

const COLUMNS: Readonly<Record<string, ExperimentColumn>> = {
  name: 'name',
  experiment_id: 'id',
  creation_time: 'created_at',
  last_update_time: 'updated_at',
};

/** A search of experiments as it is written. @throws INVALID_PARAMETER_VALUE */
export function experimentSearch(
  filter: string | undefined,
  orderBy: readonly string[],
): Pick<ExperimentSearch, 'conditions' | 'order'> {
  return {
    conditions: parseFilter(filter).map(conditionOf),
    order: orderBy.map((item) => {
      const { entity, key, descending } = parseOrder(item);
      const column = isAttribute(entity) && Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
      if (column === undefined) throw invalid(`Invalid order_by entity: ${item.slice(0, 200)}`);
      return { column, descending };
    }),
  };
}

function isAttribute(entity: string | undefined): boolean {
  return entity === undefined || /^(?:attributes?|attr)$/.test(entity);
}

function conditionOf(comparison: Comparison): ExperimentCondition {
  const { entity, key } = comparison;
  if (entity === 'tag' || entity === 'tags')
    return { on: 'tag', key, test: textTest(comparison, 'tag', LOGGED_TEXT) };
  if (isAttribute(entity) && key === 'name')
    return { on: 'name', test: textTest(comparison, 'name', ['=', '!=', 'LIKE', 'ILIKE']) };
  if (isAttribute(entity) && (key === 'creation_time' || key === 'last_update_time')) {
    const column = key === 'creation_time' ? 'created_at' : 'updated_at';
    return { on: 'time', column, test: numberTest(comparison, key) };
  }
  throw invalid(
    `Invalid attribute key '${key.slice(0, 100)}' specified. ` +
      "Valid keys are 'name', 'creation_time', 'last_update_time' and tags.",
  );
}
