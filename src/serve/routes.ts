import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FeatureTablesStatus } from './feature-tables.ts';
import type { Log } from './plane-log.ts';
import { openReleaseCache } from './release-cache.ts';
import { buildRouteTable, type RouteTable } from './route-table.ts';
import { type RoutingSnapshot, readRouting } from './routing.ts';
import { routingFile } from './routing-file.ts';
import { watchFolder } from './watched-folder.ts';

/**
 * Looks (of 200 ms) between attempts at a snapshot that could not be put in force: a missing blob may
 * arrive.
 */
const RETRY_LOOKS = 10;

/** The routing in force in a worker, following the snapshot file. */
export interface Routes {
  /** Undefined before the first snapshot. */
  readonly current: () => RouteTable | undefined;
  /** Why the newest snapshot is not in force; null when it is. */
  readonly error: () => string | null;
  readonly tables: () => Record<string, FeatureTablesStatus>;
  /** Looks at the file now. */
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Reads the snapshot of a state folder and follows it. A new one is put in force in one assignment after all
 * its releases are compiled; those of the one before stay compiled, so that going back is as fast. A snapshot
 * that cannot be put in force leaves the old one in place. `workers`: how many share a throttle.
 */
export async function openRoutes(
  stateDir: string,
  log: Log,
  monotonic: () => number,
  workers: number,
): Promise<Routes> {
  const file = routingFile(stateDir);
  const cache = openReleaseCache(monotonic);
  let table: RouteTable | undefined;
  let inForce: RoutingSnapshot | undefined;
  let error: string | null = null;
  let seen = '';
  let looks = 0;

  const fail = (cause: unknown): void => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (reason !== error)
      log(`routing: ${reason}; ${table === undefined ? 'nothing' : 'the old one'} stays in force`);
    error = reason;
  };
  const look = async (): Promise<void> => {
    const found = await fingerprint(file);
    looks++;
    if (found === seen && !(error !== null && looks % RETRY_LOOKS === 0)) return;
    seen = found;
    const snapshot = await readRouting(stateDir);
    if (snapshot === null) throw new Error('there is no routing snapshot');
    const releases = await cache.load(snapshot);
    table = buildRouteTable(snapshot, releases, table, workers);
    cache.keep(inForce === undefined ? [snapshot] : [snapshot, inForce]);
    inForce = snapshot;
    error = null;
  };

  await look().catch(fail);
  const watched = watchFolder(path.dirname(file), look, fail);
  return {
    current: () => table,
    error: () => error,
    tables: cache.tables,
    refresh: watched.look,
    close: () => {
      watched.close();
      cache.close();
    },
  };
}

/** Changes with every atomic replacement of the file. */
async function fingerprint(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return 'missing';
  }
}
