import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import type { DatabaseContext } from '../../test/database-context.ts';
import type { Claims } from '../../test/claims.ts';
import { numberedUnit } from '../../test/counting-writer.ts';
import { systemPorts } from '../../test/ports.ts';
import { build } from './build.ts';
import type { Database, Statement, Unit } from './database.ts';
import { jsonText, parseJsonText } from './json-text.ts';
import { exportLedger, ledgerHeads, readLedger } from './ledger.ts';
import { verifyLedger } from './ledger-verify.ts';
import { readRows, sqlText } from './sql-text.ts';

const { clock } = systemPorts;

function setClock(project: string, at: number): Statement {
  return { query: build.insertInto('project_clock').values({ project, at }), expect: 1 };
}

function moveClock(project: string, at: number): Statement {
  return { query: build.updateTable('project_clock').set({ at }).where('project', '=', project), expect: 1 };
}

function entry(subject: string, chain = 'server') {
  return { chain, actor: 'test', action: 'thing.done', subject, body: { subject } };
}

async function clocks(db: Database): Promise<Record<string, number>> {
  const rows = await db.query.selectFrom('project_clock').selectAll().orderBy('project').execute();
  return Object.fromEntries(rows.map((row) => [row.project, row.at]));
}

/** What every database does. */
export const databaseClaims: Claims<DatabaseContext> = {
  'a unit is carried out as a whole': async ({ db }) => {
    await db.commit({ statements: [setClock('a', 1), setClock('b', 2)], ledger: [entry('x')] });
    assert.deepEqual(await clocks(db), { a: 1, b: 2 });
    assert.equal((await readLedger(db, { chain: 'server', limit: 10 })).items.length, 1);
  },

  'a unit whose last statement fails leaves nothing, ledger included': async ({ db }) => {
    await db.commit({ statements: [setClock('a', 1)] });
    const unit: Unit = { statements: [setClock('b', 2), setClock('a', 3)], ledger: [entry('x')] };
    await assert.rejects(db.commit(unit), { code: 'CONFLICT' });
    assert.deepEqual(await clocks(db), { a: 1 });
    assert.deepEqual(await ledgerHeads(db), {});
  },

  'an expectation that does not hold rejects the unit and says how many rows came': async ({ db }) => {
    await db.commit({ statements: [setClock('a', 1)] });
    await assert.rejects(db.commit({ statements: [setClock('b', 1), moveClock('none', 2)] }), {
      code: 'CONFLICT',
      message: 'expected 1 rows to be changed, found 0',
    });
    const ask: Statement = {
      query: build.selectFrom('project_clock').select('at').where('at', '=', 1),
      expect: 1,
    };
    await db.commit({ statements: [ask, moveClock('a', 5)] });
    assert.deepEqual(await clocks(db), { a: 5 });
  },

  'a failed unit takes no other unit of the same commit with it': async ({ db }) => {
    await db.commit({ statements: [setClock('a', 1)] });
    const units = [setClock('b', 1), setClock('a', 9), setClock('c', 1), setClock('b', 9)];
    const ends = await Promise.allSettled(
      units.map((statement, index) => db.commit({ statements: [statement], ledger: [entry(String(index))] })),
    );
    assert.deepEqual(
      ends.map((end) => end.status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    );
    assert.deepEqual(await clocks(db), { a: 1, b: 1, c: 1 });
    const { items } = await readLedger(db, { chain: 'server', limit: 10 });
    assert.deepEqual(
      items.map((item) => [item.seq, item.subject]),
      [
        [2, '2'],
        [1, '0'],
      ],
    );
  },

  'a unit that comes again with its key changes nothing, now or later': async ({ db }) => {
    const unit: Unit = {
      statements: [{ query: sql`update project_clock set at = at + 1 where project = ${'a'}`, expect: 1 }],
      ledger: [entry('counted')],
      idempotencyKey: 'count',
    };
    // Before there is a row to count on it fails, and a failed unit has not used its key.
    await assert.rejects(db.commit(unit), { code: 'CONFLICT' });
    await db.commit({ statements: [setClock('a', 0)] });
    await Promise.all([db.commit(unit), db.commit(unit), db.commit({ statements: [setClock('b', 1)] })]);
    await db.commit(unit);
    assert.deepEqual(await clocks(db), { a: 1, b: 1 });
    assert.equal((await ledgerHeads(db))['server']?.length, 1);
  },

  '64 producers at once lose nothing and make one unbroken chain': async ({ db }) => {
    const each = 20;
    const numbers = Array.from({ length: 64 }, (_, producer) => producer * each);
    await Promise.all(
      numbers.map(async (first) => {
        for (let number = first; number < first + each; number++) await db.commit(numberedUnit(number));
      }),
    );
    assert.equal(Object.keys(await clocks(db)).length, 64 * each);
    const check = await verifyLedger(exportLedger(db));
    assert.equal(check.ok, true);
    assert.equal((await ledgerHeads(db))['server']?.length, 64 * each);
  },

  'writing through `query` is refused': async ({ db }) => {
    await assert.rejects(db.query.insertInto('project_clock').values({ project: 'a', at: 1 }).execute());
    const returning = db.query.insertInto('project_clock').values({ project: 'a', at: 1 }).returning('at');
    await assert.rejects(returning.execute());
    assert.deepEqual(await clocks(db), {});
  },

  'numbers, texts and JSON come back as they went in': async ({ db }) => {
    const big = Number.MAX_SAFE_INTEGER;
    await db.commit({
      statements: [setClock('big', big), setClock('less', -big), setClock('"ünï\u2028', 0)],
    });
    assert.deepEqual(await clocks(db), { '"ünï\u2028': 0, big, less: -big });
    const document = {
      text: 'a\u0000b\ud83d\ude00',
      list: [1e21, 1e-7, -0.1, 1 / 3],
      none: null,
      yes: true,
    };
    const row = {
      project: 'p',
      hash: 'h',
      document: jsonText(document),
      source: '',
      author: 'x',
      created_at: 1,
    };
    await db.commit({ statements: [{ query: build.insertInto('project_revision').values(row) }] });
    const read = await db.query.selectFrom('project_revision').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual(parseJsonText(read.document), document);
    assert.equal(read.source, '');
  },

  'a measurement keeps every bit of a double; NaN is stored as null': async ({ db }) => {
    const window = {
      project: 'p',
      monitor: 'm',
      from_at: 0,
      verdict: 'open',
      body: '{}',
      created_at: 1,
    } as const;
    const values = [0.1 + 0.2, 5e-324, Number.MAX_VALUE, -1 / 3, 42, Number.POSITIVE_INFINITY, Number.NaN];
    const rows = values.map((value, index) => ({ ...window, value, to_at: index }));
    const statements = [
      { query: build.insertInto('monitor_window').values(rows), expect: values.length },
      ...values.map((value, index) => ({
        query: sqlText('update monitor_window set high = ? where to_at = ?', [value, index]),
        expect: 1,
      })),
    ];
    await db.commit({ statements });
    const read = await db.query
      .selectFrom('monitor_window')
      .select(['value', 'high'])
      .orderBy('to_at')
      .execute();
    const expected = values.map((value) => (Number.isNaN(value) ? null : value));
    assert.deepEqual(
      read.map((row) => row.value),
      expected,
    );
    const text = 'select high from monitor_window where to_at >= ? order by to_at';
    const again = await readRows<{ high: number | null }>(db, text, [0]);
    assert.deepEqual(
      again.map((row) => row.high),
      expected,
    );
  },

  'counts and sums are numbers, rows are plain objects': async ({ db }) => {
    await db.commit({ statements: [setClock('a', 1), setClock('b', 2)] });
    const row = await db.query
      .selectFrom('project_clock')
      .select((is) => [is.fn.countAll<number>().as('count'), is.fn.sum<number>('at').as('sum')])
      .executeTakeFirstOrThrow();
    assert.deepEqual(row, { count: 2, sum: 3 });
  },

  'a text with U+0000 is refused before it reaches the database': async ({ db }) => {
    await assert.rejects(db.commit({ statements: [setClock('a\0b', 1)] }), { code: 'INVALID_INPUT' });
  },

  'a reference to a row that is not there is a CONFLICT': async ({ db }) => {
    const token = { id: 'tok_1', account_id: 'none', name: 'n', secret_hash: 'x', created_at: 1 };
    const query = build.insertInto('token').values(token);
    await assert.rejects(db.commit({ statements: [{ query }] }), { code: 'CONFLICT' });
  },

  'the ledger is read page by page, the latest first, while it grows': async ({ db }) => {
    for (let i = 1; i <= 7; i++)
      await db.commit({ statements: [], ledger: [entry(String(i)), entry('o', 'other')] });
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await readLedger(db, {
        chain: 'server',
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.items.map((item) => item.seq));
      cursor = page.next;
      await db.commit({ statements: [], ledger: [entry('later')] });
    } while (cursor !== undefined);
    assert.deepEqual(seen, [7, 6, 5, 4, 3, 2, 1]);
  },

  'commits after close are refused, those before it are carried out': async ({ backend }) => {
    const other = await (await backend.place()).open(clock);
    const before = Promise.all([other.commit({ statements: [setClock('a', 1)] }), other.close()]);
    await before;
    await assert.rejects(other.commit({ statements: [setClock('b', 1)] }), { code: 'UNAVAILABLE' });
  },
};

/** What a database does that outlives its process. */
export const keptDatabaseClaims: Claims<DatabaseContext> = {
  'kill -9 of a writing process loses nothing that it acknowledged': async ({ place, db }) => {
    assert(place.url !== undefined);
    const program = new URL('../../test/counting-writer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, place.url, '16'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length === 500) child.kill('SIGKILL');
    }
    assert.deepEqual(await exited, [null, 'SIGKILL']);
    const present = new Set(Object.values(await clocks(db)));
    assert.deepEqual(
      acknowledged.filter((number) => !present.has(number)),
      [],
    );
    const check = await verifyLedger(exportLedger(db));
    assert.equal(check.ok && check.entries, present.size);
  },

  'a database that a later Tend has migrated is refused': async ({ db, place }) => {
    const query = build.updateTable('meta').set({ value: '999' }).where('key', '=', 'schema');
    await db.commit({ statements: [{ query, expect: 1 }] });
    await assert.rejects(place.open(clock), { code: 'CONFLICT' });
  },
};
