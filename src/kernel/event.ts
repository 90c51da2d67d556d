import type { JsonObject } from './json.ts';

/** Something that happened, written to the outbox in the transaction that made it happen. */
export interface DomainEvent {
  /** `stage.noun.past-participle`: `monitoring.incident.opened`. */
  readonly type: string;
  readonly project?: string;
  readonly body: JsonObject;
}
