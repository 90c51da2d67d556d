import type { JsonObject } from '../../../kernel/json.ts';
import { invalid } from '../mlflow-error.ts';

/** What an event of MLflow is about, and what was done. */
export interface WebhookEvent {
  readonly entity: string;
  readonly action: string;
}

/** Events of the registry as MLflow calls them, by ours. */
const EVENTS: Readonly<Record<string, WebhookEvent>> = {
  'registry.model.created': { entity: 'REGISTERED_MODEL', action: 'CREATED' },
  'registry.model.version.created': { entity: 'MODEL_VERSION', action: 'CREATED' },
  'registry.model.version-tag.set': { entity: 'MODEL_VERSION_TAG', action: 'SET' },
  'registry.model.version-tag.deleted': { entity: 'MODEL_VERSION_TAG', action: 'DELETED' },
  'registry.model.alias.created': { entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' },
  'registry.model.alias.deleted': { entity: 'MODEL_VERSION_ALIAS', action: 'DELETED' },
  'registry.prompt.created': { entity: 'PROMPT', action: 'CREATED' },
  'registry.prompt.version.created': { entity: 'PROMPT_VERSION', action: 'CREATED' },
  'registry.prompt.tag.set': { entity: 'PROMPT_TAG', action: 'SET' },
  'registry.prompt.tag.deleted': { entity: 'PROMPT_TAG', action: 'DELETED' },
  'registry.prompt.version-tag.set': { entity: 'PROMPT_VERSION_TAG', action: 'SET' },
  'registry.prompt.version-tag.deleted': { entity: 'PROMPT_VERSION_TAG', action: 'DELETED' },
  'registry.prompt.alias.created': { entity: 'PROMPT_ALIAS', action: 'CREATED' },
  'registry.prompt.alias.deleted': { entity: 'PROMPT_ALIAS', action: 'DELETED' },
};

/** MLflow's event for a type of ours; undefined for a type that it does not have. */
export function webhookEventOf(type: string): WebhookEvent | undefined {
  return Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
}

/** Our type for an event of MLflow. @throws INVALID_PARAMETER_VALUE for one that is not sent here */
export function eventTypeOf({ entity, action }: WebhookEvent): string {
  const found = Object.entries(EVENTS).find(([, one]) => one.entity === entity && one.action === action);
  if (found !== undefined) return found[0];
  const valid = Object.values(EVENTS).filter((one) => one.entity === entity);
  throw invalid(
    `Invalid action '${action}' for entity '${entity}'. ` +
      `Valid actions are: ${valid.map((one) => one.action).join(', ') || 'none'}`,
  );
}

/** A body of an event as it would be, for a test of a receiver. */
export function sampleBody(type: string): JsonObject {
  const kind = type.startsWith('registry.prompt.') ? 'prompt' : 'model';
  const name = `example_${kind}`;
  const described = { tags: { example_key: 'example_value' }, description: `An example ${kind}` };
  const change = type.replace(/^registry\.\w+\./, '');
  const version = { name, version: '1' };
  switch (change) {
    case 'created':
      return { name, ...described };
    case 'version.created':
      return kind === 'prompt'
        ? { ...version, template: 'Hello {{name}}!', ...described }
        : { ...version, source: 'models:/123', run_id: 'abcd1234abcd5678', ...described };
    case 'tag.set':
      return { name, key: 'example_key', value: 'example_value' };
    case 'tag.deleted':
      return { name, key: 'example_key' };
    case 'version-tag.set':
      return { ...version, key: 'example_key', value: 'example_value' };
    case 'version-tag.deleted':
      return { ...version, key: 'example_key' };
    case 'alias.created':
      return { name, alias: 'example_alias', version: '1' };
    default:
      return { name, alias: 'example_alias' };
  }
}
