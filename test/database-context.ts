import type { Database } from '../src/store/database.ts';
import type { Backend, Place } from './backends.ts';
import { systemPorts } from './ports.ts';

/** An open database in a place of its own. */
export interface DatabaseContext {
  readonly backend: Backend;
  readonly place: Place;
  readonly db: Database;
}

/** Opens a new database for one test and closes it afterwards. */
export async function withDatabase(
  backend: Backend,
  claim: (context: DatabaseContext) => Promise<void>,
): Promise<void> {
  const place = await backend.place();
  const db = await place.open(systemPorts.clock);
  try {
    await claim({ backend, place, db });
  } finally {
    await db.close();
  }
}
