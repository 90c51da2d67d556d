import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../src/kernel/clock.ts';
import type { Database } from '../src/store/database.ts';
import { openPostgres } from '../src/store/open-postgres.ts';
import { openSqlite } from '../src/store/open-sqlite.ts';
import { systemPorts } from './ports.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** Where a database lives; a child process opens the same one from it. `url` is undefined in memory. */
export interface Place {
  readonly url: string | undefined;
  readonly open: (clock: Clock) => Promise<Database>;
}

/** Something that keeps databases. A suite runs on each of them, as a user may choose any. */
export interface Backend {
  readonly name: string;
  /** A new, empty place. */
  readonly place: () => Promise<Place>;
  readonly stop: () => Promise<void>;
}

/** SQLite in memory and in a file. */
export function sqliteBackends(): readonly Backend[] {
  return [memory(), sqliteFileBackend()];
}

/** Opens what `Place.url` names. */
export function openUrl(url: string, clock: Clock): Promise<Database> {
  return url.startsWith('postgres:') ? openPostgres({ url, clock }) : openSqlite({ path: url, clock });
}

function memory(): Backend {
  return {
    name: 'SQLite in memory',
    place: async () => ({ url: undefined, open: (clock) => openSqlite({ path: ':memory:', clock }) }),
    stop: async () => undefined,
  };
}

/** SQLite in a file, the only one of the two that other processes can open. */
export function sqliteFileBackend(): Backend {
  let dir: string | undefined;
  let count = 0;
  return {
    name: 'SQLite file',
    place: async () => {
      dir ??= mkdtempSync(join(tmpdir(), 'tend-store-'));
      const url = join(dir, String(++count), 'tend.db');
      return { url, open: (clock) => openUrl(url, clock) };
    },
    stop: async () => {
      if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A private PostgreSQL, started when it is first needed. */
export function postgresBackend(): Backend {
  let started: Promise<{ readonly server: TestPostgres; readonly template: string }> | undefined;
  return {
    name: 'PostgreSQL',
    place: async () => {
      started ??= startMigrated();
      const { server, template } = await started;
      const url = await server.createDatabase(template);
      return { url, open: (clock) => openUrl(url, clock) };
    },
    stop: async () => {
      await (await started)?.server[Symbol.asyncDispose]();
    },
  };
}

/** Copying a migrated database takes a quarter of the time of migrating an empty one. */
async function startMigrated(): Promise<{ readonly server: TestPostgres; readonly template: string }> {
  const server = await startPostgres();
  const template = await server.createDatabase();
  await (await openUrl(template, systemPorts.clock)).close();
  return { server, template };
}
