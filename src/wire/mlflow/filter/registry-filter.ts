import type {
  RegistryCondition,
  RegistrySearch,
} from '../../../lifecycle/training/registry/search-registry.ts';
import { PROMPT_TAG } from '../../../lifecycle/training/registry/registered-model.ts';
import { invalid } from '../mlflow-error.ts';
import { ATTRIBUTE_TEXT, LOGGED_TEXT, numberTest, textTest } from './comparison-tests.ts';
import { type Comparison, parseFilter } from './parse-filter.ts';
import { parseOrder } from './parse-order.ts';

type Subject = 'model' | 'version';

const NUMBERS = {
  version_number: 'version',
  version: 'version',
  creation_timestamp: 'created_at',
  last_updated_timestamp: 'updated_at',
  timestamp: 'updated_at',
} as const;

const TEXTS: Readonly<Record<Subject, Readonly<Record<string, 'name' | 'run_id' | 'source'>>>> = {
  model: { name: 'name' },
  version: { name: 'name', run_id: 'run_id', source_path: 'source', source: 'source' },
};

/** A search of models or versions as it is written; prompts only where they are asked for. */
export function registrySearch(
  subject: Subject,
  filter: string | undefined,
  orderBy: readonly string[],
): Pick<RegistrySearch, 'conditions' | 'order' | 'prompts'> {
  const comparisons = parseFilter(filter);
  const kinds = comparisons.filter(isKind).map(asksForPrompts);
  const conditions = comparisons.filter((one) => !isKind(one)).map((one) => conditionOf(subject, one));
  // Both at once is nothing: a text that no name has.
  if (kinds.includes(true) && kinds.includes(false))
    conditions.push({ on: 'text', column: 'name', test: { operator: '=', values: [''] } });
  return { conditions, prompts: kinds.includes(true), order: orderBy.map((item) => orderOf(subject, item)) };
}

function isKind({ entity, key }: Comparison): boolean {
  return isTag(entity) && key === PROMPT_TAG;
}

function isTag(entity: string | undefined): boolean {
  return entity === 'tag' || entity === 'tags';
}

function asksForPrompts(comparison: Comparison): boolean {
  const { operator, values } = textTest(comparison, 'tag', LOGGED_TEXT);
  if (operator === 'present') return true;
  if (operator === 'absent') return false;
  const named = values[0]?.toLowerCase() === 'true';
  return operator === '!=' ? !named : named;
}

function isAttribute(entity: string | undefined): boolean {
  return entity === undefined || /^(?:attributes?|attr)$/.test(entity);
}

function conditionOf(subject: Subject, comparison: Comparison): RegistryCondition {
  const { entity, key } = comparison;
  if (isTag(entity)) return { on: 'tag', key, test: textTest(comparison, 'tag', LOGGED_TEXT) };
  if (!isAttribute(entity))
    throw invalid(
      `Invalid entity type '${entity?.slice(0, 100)}'. Valid entity types are attribute, tag, tags`,
    );
  const texts = TEXTS[subject];
  const column = Object.hasOwn(texts, key) ? texts[key] : undefined;
  if (column !== undefined) return { on: 'text', column, test: textTest(comparison, key, ATTRIBUTE_TEXT) };
  return { on: 'number', column: numberColumn(subject, key), test: numberTest(comparison, key) };
}

function numberColumn(subject: Subject, key: string): (typeof NUMBERS)[keyof typeof NUMBERS] {
  const column = Object.hasOwn(NUMBERS, key) ? NUMBERS[key as keyof typeof NUMBERS] : undefined;
  if (column !== undefined && (subject === 'version' || column !== 'version')) return column;
  const valid = [...Object.keys(TEXTS[subject]), ...Object.keys(NUMBERS)].join(', ');
  throw invalid(`Invalid attribute key '${key.slice(0, 100)}' specified. Valid keys are ${valid} and tags.`);
}

function orderOf(subject: Subject, item: string): RegistrySearch['order'][number] {
  const { entity, key, descending } = parseOrder(item);
  if (!isAttribute(entity)) throw invalid(`Invalid order_by entity: ${item.slice(0, 200)}`);
  return { column: key === 'name' ? 'name' : numberColumn(subject, key), descending };
}
