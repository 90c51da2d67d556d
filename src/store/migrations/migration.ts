import type { Kysely } from 'kysely';

/** One step forward of the schema; there is no way back. The same code runs on both dialects. */
export interface Migration {
  readonly name: string;
  readonly up: (db: Kysely<unknown>) => Promise<void>;
}
