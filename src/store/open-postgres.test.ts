// needs: postgres
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { numberedUnit } from '../../test/counting-writer.ts';
import { systemPorts } from '../../test/ports.ts';
import { startPostgres, type TestPostgres } from '../../test/postgres.ts';
import type { Database, Statement } from './database.ts';
import { exportLedger } from './ledger.ts';
import { verifyLedger } from './ledger-verify.ts';
import { openPostgres } from './open-postgres.ts';

const { clock } = systemPorts;

/** Ends the connection that it comes on, and every unit that shares its commit is lost with it. */
const CUT: Statement = { query: sql`select pg_terminate_backend(pg_backend_pid())` };

/** Repeats a unit under its key until it is carried out, as a caller that wants it carried out does. */
async function persist(db: Database, number: number): Promise<number> {
  for (let lost = 0; ; lost++) {
    try {
      await db.commit({ ...numberedUnit(number), idempotencyKey: `n${number}` });
      return lost;
    } catch (error) {
      assert(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'UNAVAILABLE');
    }
  }
}

describe('PostgreSQL in trouble', () => {
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  test('cut connections are UNAVAILABLE, the pool heals, keyed repeats count once', async () => {
    const db = await openPostgres({ url: await server.createDatabase(), clock });
    let next = 0;
    let lost = 0;
    const producers = Array.from({ length: 16 }, async () => {
      while (next < 2_000) {
        lost += await persist(db, next++);
        if (next % 500 === 0) await assert.rejects(db.commit({ statements: [CUT] }), { code: 'UNAVAILABLE' });
      }
    });
    await Promise.all(producers);
    assert(lost > 0, 'no connection was cut while a unit was on it');
    const rows = await db.query.selectFrom('project_clock').selectAll().execute();
    assert.equal(rows.length, next);
    const check = await verifyLedger(exportLedger(db));
    assert.equal(check.ok && check.entries, next);
    await db.close();
  });

  test('two processes that write into the same chains keep both unbroken', async () => {
    const url = await server.createDatabase();
    const both = await Promise.all([openPostgres({ url, clock }), openPostgres({ url, clock })]);
    const draft = { actor: 'a', action: 'x.done', subject: 's', body: {} };
    await Promise.all(
      both.flatMap((db) =>
        Array.from({ length: 200 }, (_, i) => {
          const chains = i % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
          return db.commit({ statements: [], ledger: chains.map((chain) => ({ ...draft, chain })) });
        }),
      ),
    );
    const [db] = both;
    const check = await verifyLedger(exportLedger(db));
    assert.equal(check.ok && check.entries, 800);
    await Promise.all(both.map((each) => each.close()));
  });

  test('a server that is not there is UNAVAILABLE', async () => {
    const url = 'postgres://tend@127.0.0.1:1/none';
    await assert.rejects(openPostgres({ url, clock }), { code: 'UNAVAILABLE' });
  });
});
