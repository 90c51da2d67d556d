import type { JsonText } from '../json-text.ts';

/** Facts about the database itself: `schema` is the number of the last migration. */
export interface MetaTable {
  readonly key: string;
  readonly value: string;
}

/** Where each chain of the ledger ends. */
export interface LedgerChainTable {
  readonly chain: string;
  readonly head_hash: string;
  readonly length: number;
}

/** One entry; `body` is canonical JSON, `hash` covers every other column (see `ledger-entry.ts`). */
export interface LedgerTable {
  readonly chain: string;
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly body: JsonText;
  readonly prev: string;
  readonly hash: string;
}

/** Keys of units that were carried out; a unit that comes again with its key changes nothing. */
export interface IdempotencyTable {
  readonly key: string;
  readonly at: number;
}

/** A person or a service that may sign in. */
export interface AccountTable {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'service';
  readonly password_hash: string | null;
  readonly roles: JsonText;
  readonly disabled: number;
  readonly created_at: number;
}

/** A secret of an account, of which the SHA-256 alone is kept; `scopes` null: all of its roles'. */
export interface TokenTable {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly secret_hash: string;
  readonly scopes: JsonText | null;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

/** States and what moves them: `engine/engine.ts`. */
export interface ExecutionTable {
  readonly id: string;
  readonly workflow: string;
  readonly key: string;
  readonly project: string | null;
  readonly state: 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
  readonly input: JsonText;
  readonly result: JsonText | null;
  readonly error: JsonText | null;
  readonly actor: string;
  readonly reason: string | null;
  readonly wake_at: number | null;
  readonly attempt: number;
  readonly lease_until: number | null;
  readonly worker: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A step of an execution, once it has begun. */
export interface StepTable {
  readonly execution_id: string;
  readonly name: string;
  readonly seq: number;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly attempt: number;
  readonly result: JsonText | null;
  readonly error: JsonText | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

/** A workflow that starts again every `every_ms`; `next_at` null: switched off. */
export interface ScheduleTable {
  readonly name: string;
  readonly project: string | null;
  readonly workflow: string;
  readonly input: JsonText;
  readonly actor: string;
  readonly every_ms: number;
  readonly next_at: number | null;
  readonly last_at: number | null;
}

/** An event to deliver; `next_at` null while `done_at` is null: given up after the last attempt. */
export interface OutboxTable {
  readonly id: string;
  readonly type: string;
  readonly project: string | null;
  readonly body: JsonText;
  readonly created_at: number;
  readonly attempts: number;
  readonly next_at: number | null;
  readonly done_at: number | null;
}
