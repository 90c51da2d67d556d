import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely';
import { firstTables } from './001-first-tables.ts';
import { theLoop } from './002-the-loop.ts';
import { tracking } from './003-tracking.ts';
import { registry } from './004-registry.ts';

test('models that were there stay those of their projects, and others need none', async () => {
  const connection = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true });
  const prepare = (sql: string): SqliteStatement => {
    const statement = connection.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (values) => statement.all(...(values as string[])),
      run: (values) => statement.run(...(values as string[])),
      iterate: () => assert.fail('nothing is streamed'),
    };
  };
  const database = { prepare, close: () => connection.close() };
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  for (const migration of [firstTables, theLoop, tracking]) await migration.up(db, 'sqlite');
  connection.exec(`
    insert into model (name, project) values ('flights', 'flights');
    insert into model_version (id, model, version, state, created_at) values
      ('mdv_1', 'flights', 1, 'registered', 7), ('mdv_2', 'flights', 2, 'registered', 9);
    insert into model_alias (model, alias, version) values ('flights', 'champion', 2)`);
  await db.transaction().execute((trx) => registry.up(trx, 'sqlite'));
  connection.exec("insert into model (name, created_at, updated_at) values ('alone', 1, 1)");
  const all = (sql: string) =>
    connection
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  assert.deepEqual(all('select name, project, created_at, updated_at from model order by name'), [
    { name: 'alone', project: null, created_at: 1, updated_at: 1 },
    { name: 'flights', project: 'flights', created_at: 7, updated_at: 7 },
  ]);
  assert.deepEqual(all('select id, stage, location from model_version order by id'), [
    { id: 'mdv_1', stage: null, location: null },
    { id: 'mdv_2', stage: null, location: null },
  ]);
  assert.deepEqual(all('select alias, version from model_alias'), [{ alias: 'champion', version: 2 }]);
  await db.destroy();
});
