import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StageHarness, stageHarness } from '../../test/stage-harness.ts';

let harness: StageHarness;
before(async () => {
  harness = await stageHarness();
});
after(() => harness[Symbol.asyncDispose]());

// In a session that is not lasting the engine keeps what it knew when it planned, and shortens the texts.
test('a statement that was prepared once reads texts longer than any that it was planned for', async () => {
  await using session = await harness.tables.lastingSession();
  await session.run('CREATE TABLE texts (place DOUBLE, said VARCHAR)');
  const statement = await session.prepare('SELECT said FROM texts ORDER BY said, place');
  const texts: string[] = [];
  for (const said of ['a', 'bb', 'c'.repeat(4), 'd'.repeat(9), 'e'.repeat(40), 'f'.repeat(3)]) {
    texts.push(said);
    await session.run(`INSERT INTO texts VALUES (${texts.length}, '${said}')`);
    assert.deepEqual((await statement.columns({})).columns[0], texts.toSorted());
  }
});

test('pieces of a query come in its order while other statements run', async () => {
  await using session = await harness.tables.session();
  const rows = 10_000;
  const found: number[] = [];
  await session.run(`CREATE TABLE numbers AS SELECT range::DOUBLE AS n FROM range(${rows})`);
  for await (const { columns } of session.pieces('SELECT n FROM numbers ORDER BY n DESC')) {
    found.push(...(columns[0] as Float64Array));
    await session.run('UPDATE numbers SET n = 1 WHERE n = 0');
  }
  assert.deepEqual(
    found,
    Array.from({ length: rows }, (_, i) => rows - 1 - i),
  );
});
