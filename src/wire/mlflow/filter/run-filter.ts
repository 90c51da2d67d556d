import { RUN_STATES } from '../../../lifecycle/training/tracking/run.ts';
import type {
  RunAttribute,
  RunCondition,
  RunOrder,
} from '../../../lifecycle/training/tracking/run-search.ts';
import { invalid } from '../mlflow-error.ts';
import { ATTRIBUTE_TEXT, LOGGED_TEXT, numberTest, textTest } from './comparison-tests.ts';
import { type Comparison, parseFilter } from './parse-filter.ts';
import { parseOrder } from './parse-order.ts';

/** Names of what a run has, as people write them. */
const ENTITIES: Readonly<Record<string, 'metric' | 'param' | 'tag' | 'attribute' | 'dataset'>> = {
  metric: 'metric',
  metrics: 'metric',
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
  tag: 'tag',
  tags: 'tag',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  dataset: 'dataset',
  datasets: 'dataset',
};

const ATTRIBUTES: Readonly<Record<string, RunAttribute>> = {
  run_id: 'id',
  run_name: 'name',
  'run name': 'name',
  'Run name': 'name',
  'Run Name': 'name',
  status: 'state',
  user_id: 'user',
  artifact_uri: 'artifact-uri',
  start_time: 'started',
  created: 'started',
  Created: 'started',
  end_time: 'ended',
  experiment_id: 'experiment',
};

/** Conditions of a filter on runs. @throws INVALID_PARAMETER_VALUE */
export function runConditions(filter: string | undefined): readonly RunCondition[] {
  return parseFilter(filter).map(conditionOf);
}

/** An order of runs. @throws INVALID_PARAMETER_VALUE */
export function runOrder(items: readonly string[]): readonly RunOrder[] {
  return items.map((item) => {
    const { entity, key, descending } = parseOrder(item);
    const on = entityOf(entity);
    if (on === 'dataset') throw invalid(`Invalid order_by entity: ${item.slice(0, 200)}`);
    const by = on === 'attribute' ? { on, attribute: attributeOf(key) } : { on, key };
    return { by, descending };
  });
}

function entityOf(entity: string | undefined) {
  if (entity === undefined) return 'attribute';
  const known = Object.hasOwn(ENTITIES, entity) ? ENTITIES[entity] : undefined;
  if (known !== undefined) return known;
  throw invalid(
    `Invalid entity type '${entity.slice(0, 100)}'. Valid values are ${Object.keys(ENTITIES).join(', ')}`,
  );
}

function attributeOf(key: string): RunAttribute {
  const known = Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined;
  if (known !== undefined) return known;
  throw invalid(
    `Invalid attribute key '${key.slice(0, 100)}' specified. ` +
      `Valid keys are ${Object.keys(ATTRIBUTES).join(', ')}`,
  );
}

function conditionOf(comparison: Comparison): RunCondition {
  const { key } = comparison;
  const on = entityOf(comparison.entity);
  switch (on) {
    case 'metric':
      return { on, key, test: numberTest(comparison, 'metric') };
    case 'param':
    case 'tag':
      return { on, key, test: textTest(comparison, on, LOGGED_TEXT) };
    case 'dataset':
      if (key !== 'name' && key !== 'digest' && key !== 'context')
        throw invalid(`Invalid dataset key '${key.slice(0, 100)}'. Valid keys are name, digest, context`);
      return { on, attribute: key, test: textTest(comparison, 'dataset', ATTRIBUTE_TEXT) };
    case 'attribute':
      return attributeCondition(comparison, attributeOf(key));
  }
}

function attributeCondition(comparison: Comparison, attribute: RunAttribute): RunCondition {
  if (attribute === 'started' || attribute === 'ended')
    return { on: 'time', attribute, test: numberTest(comparison, 'numeric attribute') };
  const test = textTest(comparison, 'attribute', ATTRIBUTE_TEXT);
  if (attribute !== 'state') return { on: 'attribute', attribute, test };
  // States are kept in small letters; a pattern keeps its wildcards.
  return { on: 'attribute', attribute, test: { ...test, values: test.values.map(stateText) } };
}

function stateText(value: string): string {
  const state = RUN_STATES.find((one) => one.toUpperCase() === value);
  return state ?? (/[%_]/.test(value) ? value.toLowerCase() : value);
}
