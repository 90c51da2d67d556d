import type {
  LoggedModelColumn,
  LoggedModelCondition,
} from '../../../lifecycle/training/tracking/search-logged-models.ts';
import { invalid } from '../mlflow-error.ts';
import { ATTRIBUTE_TEXT, LOGGED_TEXT, numberTest, textTest } from './comparison-tests.ts';
import { type Comparison, parseFilter } from './parse-filter.ts';

const COLUMNS: Readonly<Record<string, LoggedModelColumn>> = {
  name: 'name',
  model_name: 'name',
  model_id: 'id',
  model_type: 'model_type',
  status: 'state',
  source_run_id: 'source_run_id',
  creation_timestamp: 'created_at',
  creation_time: 'created_at',
  creation_timestamp_ms: 'created_at',
  last_updated_timestamp: 'updated_at',
  last_updated_timestamp_ms: 'updated_at',
};

const STATES: Readonly<Record<string, string>> = {
  LOGGED_MODEL_PENDING: 'pending',
  PENDING: 'pending',
  LOGGED_MODEL_READY: 'ready',
  READY: 'ready',
  LOGGED_MODEL_UPLOAD_FAILED: 'failed',
  FAILED: 'failed',
};

/** Conditions of a filter on logged models. @throws INVALID_PARAMETER_VALUE */
export function loggedModelConditions(filter: string | undefined): readonly LoggedModelCondition[] {
  return parseFilter(filter).map(conditionOf);
}

/** The column that a name stands for. @throws INVALID_PARAMETER_VALUE */
export function loggedModelColumn(key: string): LoggedModelColumn {
  const column = Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
  if (column !== undefined) return column;
  throw invalid(
    `Invalid attribute '${key.slice(0, 100)}'. Valid ones are ${Object.keys(COLUMNS).join(', ')}`,
  );
}

function conditionOf(comparison: Comparison): LoggedModelCondition {
  const { entity, key } = comparison;
  if (entity === 'metrics' || entity === 'metric')
    return { on: 'metric', key, test: numberTest(comparison, 'metric') };
  if (entity === 'params' || entity === 'param' || entity === 'parameter')
    return { on: 'param', key, test: textTest(comparison, 'param', LOGGED_TEXT) };
  if (entity === 'tags' || entity === 'tag')
    return { on: 'tag', key, test: textTest(comparison, 'tag', LOGGED_TEXT) };
  if (entity !== undefined && !/^(?:attributes?|attr)$/.test(entity))
    throw invalid(
      `Invalid entity type '${entity.slice(0, 100)}'. Valid ones are attributes, metrics, params, tags`,
    );
  const column = loggedModelColumn(key);
  if (column === 'created_at' || column === 'updated_at')
    return { on: 'time', column, test: numberTest(comparison, key) };
  const test = textTest(comparison, key, ATTRIBUTE_TEXT);
  if (column !== 'state') return { on: 'text', column, test };
  return { on: 'text', column, test: { ...test, values: test.values.map((one) => STATES[one] ?? one) } };
}
