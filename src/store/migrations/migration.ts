import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';

/** One step forward of the schema; there is no way back. The same code runs on both dialects. */
export interface Migration {
  readonly name: string;
  /** `dialect`: for what one of them alone can have, such as tables without rowid. */
  readonly up: (db: Kysely<unknown>, dialect: Database['dialect']) => Promise<void>;
}
