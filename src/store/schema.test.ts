import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemPorts } from '../../test/ports.ts';
import { openSqlite } from './open-sqlite.ts';
import { compareSchema } from './schema-testbed.ts';

test('the committed SQLite schema is what the migrations make', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tend-schema-'));
  try {
    const path = join(dir, 'tend.db');
    await (await openSqlite({ path, clock: systemPorts.clock })).close();
    // A second time there is nothing left to do.
    await (await openSqlite({ path, clock: systemPorts.clock })).close();
    const connection = new DatabaseSync(path, { readOnly: true });
    const rows = connection
      .prepare('select sql from sqlite_schema where sql is not null order by name')
      .all();
    connection.close();
    compareSchema('schema.sqlite.sql', `${rows.map((row) => spread(String(row['sql']))).join('\n')}\n`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

/** One line for each column, so that a change shows as a change of lines. */
function spread(sql: string): string {
  return `${sql.replace(/, (?=")/g, ',\n  ').replace(/, (?=constraint)/g, ',\n  ')};`;
}
