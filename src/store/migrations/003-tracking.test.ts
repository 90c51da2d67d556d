import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely';
import { firstTables } from './001-first-tables.ts';
import { theLoop } from './002-the-loop.ts';
import { tracking } from './003-tracking.ts';

test('runs that were made before become runs of the experiment of their project', async () => {
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
  connection.exec('create table meta (key text primary key, value text not null)');
  for (const migration of [firstTables, theLoop]) await migration.up(db, 'sqlite');
  const params = JSON.stringify({ family: 'trees', l2: 0.5, deep: [1] });
  connection.exec(`
    insert into run (id, project, name, state, started_at, ended_at, params, tags, inputs, outputs, digest)
    values ('run_1', 'flights', 'one', 'finished', 5, 9, '${params}', '{}', '{"data":"x"}', '{}', 'd');
    insert into run_metric (run_id, key, step, value, at)
    values ('run_1', 'loss', 1, 3.0, 9), ('run_1', 'loss', 2, null, 9), ('run_1', 'loss', 3, 1.5, 9)`);
  await db.transaction().execute((trx) => tracking.up(trx, 'sqlite'));
  const all = (sql: string) =>
    connection
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  assert.deepEqual(all('select id, name, project from experiment order by id'), [
    { id: 0, name: 'Default', project: null },
    { id: 1, name: 'flights', project: 'flights' },
  ]);
  assert.deepEqual(all('select id, experiment_id, project, params, digest from run'), [
    { id: 'run_1', experiment_id: 1, project: 'flights', params, digest: 'd' },
  ]);
  assert.deepEqual(all('select key, step, value, nan, min, max, experiment_id from run_latest'), [
    { key: 'loss', step: 3, value: 1.5, nan: 0, min: 1.5, max: 3, experiment_id: 1 },
  ]);
  assert.deepEqual(all('select step, value, nan from run_metric order by step'), [
    { step: 1, value: 3, nan: 0 },
    { step: 2, value: 0, nan: 1 },
    { step: 3, value: 1.5, nan: 0 },
  ]);
  assert.deepEqual(all('select key, value from run_param order by key'), [
    { key: 'deep', value: '[1]' },
    { key: 'family', value: 'trees' },
    { key: 'l2', value: '0.5' },
  ]);
  await db.destroy();
});
