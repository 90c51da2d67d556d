import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemPorts } from '../../../test/ports.ts';
import { openSqlite } from '../open-sqlite.ts';
import { readRows } from '../sql-text.ts';

test('the traces of an experiment are walked by their beginning without being sorted', async () => {
  const db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
  const asked =
    'select t.id from trace t where t.experiment_id in (?) order by t.started_at desc, t.id desc limit 10';
  const rows = await readRows<{ readonly detail: string }>(db, `explain query plan ${asked}`, [0]);
  const plan = rows.map(({ detail }) => detail).join('; ');
  assert.match(plan, /trace_started/);
  assert.doesNotMatch(plan, /TEMP B-TREE/);
  await db.close();
});
