import { outboxEntry } from '../../../engine/outbox-entry.ts';
import type { Clock, Random } from '../../../kernel/clock.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { Statement } from '../../../store/database.ts';
import type { KeyValue } from '../tracking/tracking-context.ts';

const KINDS = [
  'version.created',
  'tag.set',
  'tag.deleted',
  'version-tag.set',
  'version-tag.deleted',
] as const;

/** What happens in the registry, of models and of prompts alike. */
export type RegistryChange = 'created' | 'alias.created' | 'alias.deleted' | (typeof KINDS)[number];

const CHANGES: readonly RegistryChange[] = ['created', ...KINDS, 'alias.created', 'alias.deleted'];

/** Types of the events: `registry.model.created`, `registry.prompt.alias.deleted`. */
export const REGISTRY_EVENTS: readonly string[] = ['model', 'prompt'].flatMap((of) =>
  CHANGES.map((change) => `registry.${of}.${change}`),
);

/** The statement that tells of a change; its body is what receivers read. */
export function registryEvent(
  ports: { readonly clock: Clock; readonly random: Random },
  of: { readonly project: string | null; readonly isPrompt: boolean },
  change: RegistryChange,
  body: JsonObject,
): Statement {
  const type = `registry.${of.isPrompt ? 'prompt' : 'model'}.${change}`;
  return outboxEntry({ type, body, ...(of.project === null ? {} : { project: of.project }) }, ports);
}

/** Tags as an object. */
export function tagObject(tags: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
