import type { Compilable, Kysely, RawBuilder } from 'kysely';
import type { JsonObject } from '../kernel/json.ts';
import type { SqlText } from './sql-text.ts';
import type { Tables } from './tables/tables.ts';

/** One statement of a unit, built with `db.query`, with `build` or as text, never run through either. */
export interface Statement {
  readonly query: Compilable | RawBuilder<unknown> | SqlText;
  /** Rows it must change (or, for a query, return). Anything else rejects the whole unit with CONFLICT. */
  readonly expect?: number;
}

/** A ledger entry before it has its place in a chain. */
export interface LedgerDraft {
  /** `SERVER_CHAIN`, or `projectChain(name)`. */
  readonly chain: string;
  /** `noun.past-participle`: `evidence.recorded`. */
  readonly action: string;
  /** Id of the principal that acted. */
  readonly actor: string;
  /** Id or hash of what was acted on. */
  readonly subject: string;
  readonly body: JsonObject;
}

/** What is committed together or not at all. */
export interface Unit {
  /** Carried out in order. */
  readonly statements: readonly Statement[];
  readonly ledger?: readonly LedgerDraft[];
  /** A unit that comes again with the key of one that was carried out resolves and changes nothing. */
  readonly idempotencyKey?: string;
}

/** The records of one Tend: projects, runs, registry, executions, ledger. */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /** For building statements and for reading. Running a write through it is refused. */
  readonly query: Kysely<Tables>;
  /**
   * Carries out a unit, together with whatever other units wait (group commit), and resolves when it is on
   * disk.
   *
   * Errors: CONFLICT when an `expect` or a unique key does not hold; DISK_FULL; STATE_READ_ONLY;
   * STATE_UNREADABLE after an I/O error, from when on every commit rejects and the process should end;
   * UNAVAILABLE when the connection was lost, so that the unit may or may not have been carried out: repeat
   * it with its idempotency key.
   */
  readonly commit: (unit: Unit) => Promise<void>;
  /** Waits for the commits that are under way. */
  readonly close: () => Promise<void>;
}
