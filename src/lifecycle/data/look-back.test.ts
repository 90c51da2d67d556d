import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type StageHarness, stageHarness } from '../../../test/stage-harness.ts';
import { seededRandom } from '../../learn/random.ts';
import { sqlTime } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';
import { lookBackMs } from './look-back.ts';

const DAY = 86_400_000;

describe('how far back a feature table looks', () => {
  let harness: StageHarness;
  let session: TableSession;
  before(async () => {
    harness = await stageHarness();
    session = await harness.tables.session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });
  /** As the definition of a table is stored. */
  const stored = (sql: string): string => sql.replaceAll('$at', '$at::TIMESTAMP');
  const of = (sql: string): Promise<number> => lookBackMs(session, { sql: stored(sql) }, 'src', 'known');
  const where = (condition: string): Promise<number> =>
    of(`select k, count(*) as n from src where ${condition} group by k`);

  test('is the interval that bounds the arrival of the rows', async () => {
    const week = 'known > $at - interval 7 days';
    for (const sql of [
      `select k, count(*) as n from src where ${week} group by k`,
      `select k, count(*) as n from src where v > 1 and (${week} and k <> 'x') group by k`,
      `select k, count(*) as n from src s where s.known >= $at - interval 7 days group by k`,
      `select k, n from
         (select k, count(*) as n from SRC where Src.Known > $at - interval 168 hours group by k)`,
      `with near as (select * from src where ${week}) select k, count(*) as n from near group by k`,
      `select k, count(*) as n from src where ${week} and known > $at - interval 1 year group by k`,
    ]) {
      assert.equal(await of(sql), 7 * DAY, sql);
    }
    assert.equal(await where('known > $at + interval 1 hour'), 0);
  });

  test('is told for no SQL that may read an older row', async () => {
    for (const sql of [
      'select k, count(*) as n from src group by k',
      'select k, count(*) filter (where known > $at - interval 1 day) as n from src group by k',
      `select k, count(*) as n from src where known > $at - interval 1 day or v > 1 group by k`,
      `select k, count(*) as n from src where not known > $at - interval 1 day group by k`,
      `select k, count(*) as n from src where known < $at - interval 1 day group by k`,
      `select k, count(*) as n from src where happened > $at - interval 1 day group by k`,
      `select k, count(*) as n from src where known > TIMESTAMP '2024-01-01' group by k`,
      `select k, count(*) as n from src where known > $at - to_days(v::int) group by k`,
      `select k, count(*) as n from src where known > (select max($at) from src) group by k`,
      `select a.k, count(*) as n from src a join src b on a.k = b.k
       where a.known > $at - interval 1 day group by 1`,
      `select k, count(*) as n from src where known > $at - interval 1 day group by k
       union all select k, count(*) from src group by k`,
      `with src as (select * from src where known > $at - interval 1 day)
       select k, count(*) as n from src group by k`,
      `select k, count(*) as n from src where known > date_trunc('year', $at) group by k`,
      `select k, count(*) as n from src
       where known > least($at - interval 7 days, TIMESTAMP '2031-01-01') group by k`,
      `select k, count(*) as n from src
       where known > $at - case when $at < '2026-01-01' then interval 1 day else interval 1 year end
       group by k`,
    ]) {
      assert.equal(await of(sql), Number.POSITIVE_INFINITY, sql);
    }
    assert.equal(
      await lookBackMs(session, { sql: 'select 1 from src where known > $at' }, 'src', null),
      Number.POSITIVE_INFINITY,
    );
  });

  test('covers the bound at every moment, whatever calendar it leans on', async () => {
    const random = seededRandom(5);
    const first = Date.UTC(1995, 0, 1);
    const moments = Array.from({ length: 2_000 }, () => first + Math.floor(random.next() * 70 * 365 * DAY));
    await session.run(
      `CREATE TEMP TABLE moments AS SELECT unnest([${moments.map(sqlTime).join(', ')}]) AS moment`,
    );
    for (const bound of [
      '$at - interval 1 month',
      "date_trunc('day', $at)",
      "date_trunc('hour', $at) - interval 3 hours",
      "date_trunc('week', $at)",
      "date_trunc('month', $at)",
      "date_trunc('month', $at) - interval 1 month",
      "time_bucket(interval '10 days', $at)",
      '$at::date',
    ]) {
      const span = await where(`known > ${bound}`);
      const [longest] = await session.rows(
        `SELECT max(epoch_ms(moment) - epoch_ms((${bound.replaceAll('$at', 'moment')})::TIMESTAMP)) AS ms
         FROM moments`,
      );
      assert.ok(
        Number(longest?.ms) > 0 && Number(longest?.ms) <= span,
        `${bound}: ${longest?.ms} of ${span}`,
      );
      assert.ok(span <= 100 * DAY, bound);
    }
  });
});
