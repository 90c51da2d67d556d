import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { seededRandom, type SeededRandom } from '../../learn/random.ts';
import {
  DAY,
  HOUR,
  type ReceivedVisit,
  rowOf,
  STARTS,
  type TableSpecs,
  type Visit,
  type VisitsBed,
  visitsBed,
} from '../../../test/visits-bed.ts';

const MINUTE = 60_000;

/** SQL whose look-back can be read, cannot, differs by the length of a month, or is none. */
const TABLES: TableSpecs = {
  week: {
    key: 'region',
    refresh: '1h',
    sql: `select region, avg(amount) as mean,
            sum(amount) filter (where settled > $at - interval 1 day) as day,
            count(*) as visits, avg(returned::int) as returned
          from visits where settled > $at - interval 2 days group by region`,
  },
  pairs: {
    key: ['region', 'shop'],
    refresh: '2h',
    sql: `select region, shop, sum(amount) as total, max(epoch(settled)) as newest, bool_or(returned) as ever
          from visits v where v.settled >= $at - interval 1 month and amount is not null group by 1, 2`,
  },
  everything: {
    key: 'shop',
    refresh: '3h',
    sql: `with own as (select * from visits)
          select shop, avg(amount) as mean, (select count(*) from own) as all_visits from own group by shop`,
  },
  running: {
    key: ['shop', 'region'],
    refresh: '1h',
    sql: `select shop, v.region, count(*) filter (where amount > 10) as large, count(lag) as known,
            avg(returned::int) as returned,
            avg(lag) filter (where settled >= $at - interval 90 minutes) as lag,
            sum(lag % 7) filter (where v.settled > $at - interval 1 day and not returned) as sevens
          from visits as v where settled > $at - interval 36 hours and lag < 250 group by v.region, shop`,
  },
  endless: {
    key: 'shop',
    refresh: '2h',
    sql: 'select shop, count(*) as visits, sum(shop) as same from visits group by shop',
  },
  calendar: {
    key: 'region',
    refresh: '90m',
    sql: `select region, sum(amount) as month_to_date from visits
          where settled > date_trunc('month', $at) group by region`,
  },
};
const KEYS = ['north', "so'uth", 'ünï', '', 'x'] as const;
const SHOPS = [1, 2, 7] as const;

/** A sum of these depends on the order in which they are added. */
function amountOf(random: SeededRandom): number | null {
  if (random.next() < 0.1) return null;
  return random.next() * (random.next() < 0.5 ? 100 : random.next() < 0.5 ? 1e16 : -1e16);
}

function visit(random: SeededRandom, placed: number, regions: readonly string[]): Visit {
  return {
    placed,
    region: random.next() < 0.1 ? null : (regions[random.below(regions.length)] ?? null),
    shop: random.next() < 0.1 ? null : (SHOPS[random.below(SHOPS.length)] ?? null),
    amount: amountOf(random),
    returned: random.next() < 0.1 ? null : random.next() < 0.5,
    lag: random.next() < 0.05 ? null : random.below(300),
  };
}

function declaredVisits(seed: number, days: number): Visit[] {
  const random = seededRandom(seed);
  return Array.from({ length: 60 }, () =>
    visit(random, STARTS - 1 - random.below(days * DAY), KEYS.slice(0, 3)),
  );
}

/** What is received while the clock stands at a moment: early, in time, late, very late, with new keys. */
function receivedAt(random: SeededRandom, at: number): ReceivedVisit[] {
  return Array.from({ length: random.below(12) }, () => {
    const placed = at - random.below(random.next() < 0.2 ? 3 * DAY : 4 * HOUR);
    const fresh = random.next() < 0.1 ? [`new ${random.below(1_000)}`] : KEYS;
    return { ...visit(random, placed, fresh), receivedAt: at };
  });
}

describe('boundaries of live tables', () => {
  const beds: VisitsBed[] = [];
  const opened = async (...options: Parameters<typeof visitsBed>): Promise<VisitsBed> => {
    const bed = await visitsBed(...options);
    beds.push(bed);
    return bed;
  };
  after(async () => {
    for (const bed of beds) await bed[Symbol.asyncDispose]();
  });

  // Neither looks back for more than two days: of ten, most rows are forgotten.
  const near: TableSpecs = {
    ...(TABLES.week === undefined ? {} : { week: TABLES.week }),
    today: {
      key: 'shop',
      refresh: '2h',
      sql: `select shop, sum(amount) as today from visits
            where settled > date_trunc('day', $at) - interval 1 day group by shop`,
    },
  };
  for (const [said, tables, seed, days] of [
    ['where every row is kept', TABLES, 1, 29],
    ['where rows out of reach are forgotten', near, 2, 10],
  ] as const) {
    test(`are those computed at once over the same rows, whatever comes when, ${said}`, async () => {
      const bed = await opened({
        tables,
        declared: declaredVisits(seed, days),
        contract: [{ column: 'amount', between: [-9e15, 9e15], severity: 'quarantine' }],
      });
      const random = seededRandom(seed + 100);
      const end = STARTS + 20 * HOUR;
      let live = await bed.open(STARTS);
      let unsealed: ReceivedVisit[] = [];
      let last = STARTS;
      const told = { aside: 0, reopened: 0, seals: 0 };
      for (let at = STARTS; at < end; ) {
        const coming = receivedAt(random, at);
        unsealed.push(...coming);
        const received = await live.add(coming.map(rowOf));
        told.aside += received.filter(({ rule }) => rule !== null).length;
        at = live.next(at);
        await live.boundary(at);
        if ((at - STARTS) % (8 * HOUR) === 0 || random.next() < 0.05) {
          await bed.seal(live, at);
          unsealed = [];
          last = at;
          told.seals++;
        } else if ((at - STARTS) % (5 * HOUR) === 0 || random.next() < 0.05) {
          // A restart in the middle of a day: what is not sealed is taken in again, from the start.
          await live[Symbol.asyncDispose]();
          live = await bed.open(last);
          await live.add(unsealed.map(rowOf));
          for (let again = live.next(last); again <= at; again = live.next(again)) await live.boundary(again);
          told.reopened++;
        }
      }
      await bed.seal(live, end);
      await live[Symbol.asyncDispose]();
      assert.ok(told.aside > 0 && told.reopened > 0 && told.seals > 0, JSON.stringify(told));
      const recomputed = await bed.recomputed(end);
      for (const table of Object.keys(tables)) {
        const served = await bed.served(table);
        assert.ok(served.length > 10, `${table}: ${served.length}`);
        assert.deepEqual(served, recomputed[table], table);
      }
    });
  }

  test('are not changed by what comes late, and the next ones see it', async () => {
    const sql =
      'select region, count(*) as n from visits where settled > $at - interval 1 day group by region';
    const bed = await opened({
      tables: { counts: { key: 'region', refresh: '1h', sql } },
      declared: [visitOf(STARTS - HOUR, 'a')],
    });
    const live = await bed.open(STARTS);
    await live.boundary(STARTS + HOUR);
    await live.boundary(STARTS + 2 * HOUR);
    const at = STARTS + 2 * HOUR;
    // Settled before the boundary that the clock stands at, at it, and long before.
    for (const settled of [at - MINUTE, at, at - 5 * HOUR, at - 2 * DAY]) {
      await live.add([rowOf({ ...visitOf(settled, 'a'), receivedAt: at })]);
    }
    await live.add([rowOf({ ...visitOf(at + MINUTE, 'b'), receivedAt: at })]);
    // Once more, as after a failed commit.
    await live.boundary(at);
    await live.boundary(at + HOUR);
    await bed.seal(live, at + HOUR);
    await live[Symbol.asyncDispose]();
    const counts = (await bed.served('counts')).map((row) => [
      (Number(row.tend_at) - STARTS) / HOUR,
      row.region,
      row.n,
    ]);
    assert.deepEqual(counts, [
      [1, 'a', 1],
      [2, 'a', 1],
      [3, 'a', 4],
      [3, 'b', 1],
    ]);
  });

  test('are computed for keys beyond what a dictionary holds, and for texts that are none', async () => {
    const declared = [visitOf(STARTS - HOUR, 'a')];
    const sql = 'select region, count(*) as n from visits group by region';
    const bed = await opened({ tables: { counts: { key: 'region', refresh: '1h', sql } }, declared });
    const live = await bed.open(STARTS);
    const broken = ['\ud800', '\udc00', '\ufffd', 'a\u0000b', 'a'];
    const coming = (regions: readonly string[]) =>
      live.add(regions.map((region) => rowOf({ ...visitOf(STARTS + MINUTE, region), receivedAt: STARTS })));
    await coming(broken);
    await live.boundary(STARTS + HOUR);
    await coming(Array.from({ length: 65_536 }, (_, i) => `key ${i}`));
    await coming(['one more', 'a']);
    await live.boundary(STARTS + 2 * HOUR);
    await bed.seal(live, STARTS + 2 * HOUR);
    await live[Symbol.asyncDispose]();
    const counts = (await bed.served('counts')).filter((row) => !String(row.region).startsWith('key'));
    assert.deepEqual(
      counts.map((row) => [row.region, row.n]),
      [
        ['a', 2],
        ['a\u0000b', 1],
        ['\ufffd', 3],
        ['a', 3],
        ['a\u0000b', 1],
        ['one more', 1],
        ['\ufffd', 3],
      ],
    );
  });
});

function visitOf(settled: number, region: string): Visit {
  return { placed: settled - 10 * MINUTE, region, shop: 1, amount: 1, returned: true, lag: 10 };
}
