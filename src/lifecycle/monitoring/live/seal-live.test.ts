import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { TendError } from '../../../kernel/error.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { sqlText } from '../../../table/sql-name.ts';
import { DAY, HOUR, STARTS } from '../../../../test/visits-bed.ts';
import { ENDPOINT, type LiveBed, liveBed } from './live-testbed.ts';
import { findPrediction, partRecords, unsealedOutcome } from './prediction-log.ts';
import { segmentFolder } from './seal-segments.ts';

const ONE = 'select returned, placed + interval 10 minutes as settled from visits';

describe('sealing', () => {
  const beds: LiveBed[] = [];
  const bedOf = async (...options: Parameters<typeof liveBed>): Promise<LiveBed> => {
    const bed = await liveBed(...options);
    beds.push(bed);
    return bed;
  };
  after(async () => {
    for (const bed of beds) await bed[Symbol.asyncDispose]();
  });
  const segmentsOf = (bed: LiveBed): string => join(segmentFolder(bed.visits.scope.stateDir), ENDPOINT);
  /** Closes a day and waits for the segments that are sealed beside it. */
  const closeDay = async (bed: LiveBed, live: Awaited<ReturnType<LiveBed['open']>>, day: number) => {
    const before = (await bed.parts('predictions')).length;
    await bed.advance(live, STARTS + day * DAY);
    while (readdirSync(segmentsOf(bed)).length > 1) await new Promise(setImmediate);
    await live.recent(0, 1);
    return (await bed.parts('predictions')).length - before;
  };
  /** Outcomes by prediction, as the sealed parts hold them; each at most once. */
  const outcomesOf = async (bed: LiveBed): Promise<Record<string, unknown>> => {
    const rows = await bed.sealed('outcomes');
    const found = Object.fromEntries(rows.map((row) => [row.tend_prediction, row.returned]));
    assert.equal(Object.keys(found).length, rows.length, 'none twice');
    assert.equal(new Set(rows.map((row) => row.row)).size, rows.length, 'each at its own place');
    return found;
  };

  test('keeps every prediction as it was logged, and its digest stands in the ledger', async () => {
    const bed = await bedOf({ outcome: ONE });
    const { scope } = bed.visits;
    const live = await bed.open();
    const texts = [
      '',
      'a\0b',
      '\u2028\u2029',
      '"\\/\b\f\n\r\t',
      'ünï 🛫',
      "'; --",
      '\\ud83d',
      '{"a":1}',
      '\ufeff',
      'null',
    ];
    const numbers = [0, -0.5, 1e21, 5e-324, 123456789012345680000, 0.1 + 0.2, 1.7976931348623157e308];
    const logged = [
      ...bed.predict(texts.map((text) => ({ key: text, fields: { region: text, [text]: null } }))),
      ...bed.predict(
        numbers.map((amount) => ({ key: amount, fields: { amount, nested: [amount, {}, true] } })),
      ),
    ];
    bed.rotate();
    const [open] = bed.predict([{ key: 'open' }]);
    assert.equal(await closeDay(bed, live, 1), 1);
    const parts = await bed.parts('predictions');
    const back = await partRecords(scope, parts, 'true');
    assert.deepEqual(back, logged);
    const [part] = parts;
    assert.ok(part && open);
    assert.deepEqual(
      [part.id_min, part.id_max, part.row_count],
      [logged[0]?.id, logged.at(-1)?.id, logged.length],
    );
    const entries = await scope.db.query
      .selectFrom('ledger')
      .selectAll()
      .where('subject', '=', part.id)
      .execute();
    const digest = createHash('sha256')
      .update(readFileSync(scope.blobs.path(part.blob_hash)))
      .digest('hex');
    assert.equal(entries.length, 1);
    assert.equal(JSON.parse(entries[0]?.body ?? '{}').digest, digest);
    // Each is found, at the bounds of the part too, and what lies beside them is not.
    for (const record of [...logged, open]) {
      const found = await findPrediction(scope, record.id);
      assert.deepEqual(found?.record, record);
      assert.deepEqual(
        [found?.project, found?.place.kind],
        [scope.project, record === open ? 'segment' : 'part'],
      );
    }
    for (const id of ['', 'prd_', `${part.id_min}0`, part.id_max.slice(0, -1), "x' or true --", '\0']) {
      assert.equal(await findPrediction(scope, id), undefined, JSON.stringify(id));
    }
  });

  test('a text that is none is kept as far as it is one, and its prediction whole', async () => {
    const bed = await bedOf({ outcome: ONE });
    const live = await bed.open();
    const [a] = bed.predict([{ fields: { region: '\ud800x', note: '\\ud800', pair: '🛫' } }]);
    bed.rotate();
    bed.predict([{}]);
    assert.equal(await closeDay(bed, live, 1), 1);
    const found = await findPrediction(bed.visits.scope, a?.id ?? '');
    assert.equal(found?.place.kind, 'part');
    assert.deepEqual(found?.record.fields, { ...a?.fields, region: '\ufffdx' });
  });

  test('finds a prediction with its outcome, taken in, at a boundary, sealed', async () => {
    const bed = await bedOf({ outcome: ONE });
    const { scope } = bed.visits;
    const live = await bed.open();
    const [a, b] = bed.predict([{ key: 40 }, { key: 41, fields: { region: null } }]);
    assert.ok(a && b);
    const outcomeOf = async ({ id }: PredictionRecord) => {
      const settled = live.settled(id);
      return settled === undefined ? (await findPrediction(scope, id))?.outcome : unsealedOutcome(settled);
    };
    assert.equal(await outcomeOf(a), null);
    await live.record([
      { key: 40, value: true, at: STARTS + 1 },
      { key: 41, value: false },
    ]);
    const said = { rule: null, receivedAt: STARTS, part: null };
    assert.deepEqual(await outcomeOf(a), { ...said, target: null, row: 40 });
    await bed.advance(live, STARTS + HOUR);
    assert.deepEqual(await outcomeOf(a), { ...said, target: 1, row: 40 });
    assert.deepEqual(await outcomeOf(b), { ...said, target: 0, row: 41 });
    await live.seal();
    const [part] = await bed.parts('outcomes');
    assert.ok(part);
    const sealed = { ...said, part: { id: part.id, blob: part.blob_hash } };
    assert.deepEqual(await outcomeOf(a), { ...sealed, target: 1, row: 40 });
    assert.deepEqual(await outcomeOf(b), { ...sealed, target: 0, row: 41 });
    // What the sender said stays, to the letter.
    const [row] = await bed.sealed('outcomes');
    assert.deepEqual(JSON.parse(String(row?.tend_outcome)), { values: { returned: true }, at: STARTS + 1 });
    const entry = await scope.db.query
      .selectFrom('ledger')
      .select('body')
      .where('subject', '=', part.id)
      .executeTakeFirstOrThrow();
    assert.equal(JSON.parse(entry.body).digest, part.blob_hash);
  });

  test('a kill at any moment loses no outcome and counts none twice', async () => {
    const bed = await bedOf({ outcome: ONE });
    const { scope } = bed.visits;
    let live = await bed.open();
    const records = bed.predict(Array.from({ length: 6 }, (_, i) => ({ key: 200 + i })));
    const ids = records.map(({ id }) => id);
    const send = (...places: number[]) =>
      live.record(places.map((i) => ({ key: 200 + i, value: i % 2 === 0 })));
    const accepted = async (...places: number[]) => (await send(...places)).accepted;
    assert.equal(await accepted(0, 1), 2);
    live = await bed.open(); // Acknowledged and not in the data yet.
    assert.equal(await accepted(0, 1), 0);
    await bed.advance(live, STARTS + HOUR);
    assert.equal(await accepted(2), 1);
    live = await bed.open(); // Some in the data, some not, nothing sealed.
    assert.equal(await accepted(0, 1, 2), 0);
    const kept = join(scope.stateDir, 'kept');
    cpSync(bed.outcomesDir, kept, { recursive: true });
    await live.seal();
    rmSync(bed.outcomesDir, { recursive: true });
    cpSync(kept, bed.outcomesDir, { recursive: true });
    live = await bed.open(); // Sealed, and its file still there.
    assert.equal(await accepted(0, 1, 2), 0);
    assert.deepEqual(readdirSync(bed.outcomesDir), []);
    live = await bed.open(); // The folder empty.
    assert.equal(await accepted(3), 1);
    live = await bed.open();
    assert.equal(await accepted(3), 0);
    await bed.advance(live, STARTS + 2 * HOUR);
    live = await bed.open();
    await live.seal();
    assert.equal(await accepted(0, 1, 2, 3, 4, 5), 2);
    await live.seal();
    assert.deepEqual(await outcomesOf(bed), Object.fromEntries(ids.map((id, i) => [id, i % 2 === 0])));
    assert.equal(new Set((await bed.parts('outcomes')).map(({ name }) => name)).size, 3);
  });

  test('a kill between the seal of a segment and its removal leaves each prediction once', async () => {
    const bed = await bedOf({ outcome: ONE });
    const { scope } = bed.visits;
    let live = await bed.open();
    const records = bed.predict([{ key: 1 }, { key: 2 }]);
    bed.rotate();
    records.push(...bed.predict([{ key: 3 }]));
    const kept = join(scope.stateDir, 'kept');
    cpSync(segmentsOf(bed), kept, { recursive: true });
    assert.equal(await closeDay(bed, live, 1), 1);
    cpSync(kept, segmentsOf(bed), { recursive: true });
    live = await bed.open();
    const now = await live.recent(0, STARTS + DAY);
    assert.deepEqual(
      now.map(({ record }) => record.id),
      records.map(({ id }) => id),
    );
    assert.equal(readdirSync(segmentsOf(bed)).length, 1);
    assert.deepEqual(
      (
        await live.record([
          { key: 1, value: true },
          { key: 1, value: true },
        ])
      ).accepted,
      1,
    );
    assert.equal((await partRecords(scope, await bed.parts('predictions'), 'true')).length, 2);
  });

  test('a segment that grew after it was read is read to its end before it goes', async () => {
    const bed = await bedOf({ outcome: ONE });
    const live = await bed.open();
    const before = bed.predict([{ key: 1 }]);
    const grown: PredictionRecord[] = [];
    await live.advance(STARTS + DAY, 'test', async (report) => {
      // The boundary has read the segments; now more comes, and the file is complete.
      if (report.dayClosed) {
        grown.push(...bed.predict([{ key: 2 }]));
        bed.rotate();
        bed.predict([{ key: 3 }]);
      }
      return undefined;
    });
    // Sealing goes on beside, in its turn.
    for (let day = 2; (await bed.parts('predictions')).length === 0; day++) await closeDay(bed, live, day);
    const known = (await live.recent(0, STARTS + DAY)).map(({ record }) => record.id);
    assert.deepEqual(
      known.slice(0, 2),
      [...before, ...grown].map(({ id }) => id),
    );
  });

  test('a commit that fails changes nothing: the same boundary again gives the same', async () => {
    const bed = await bedOf({ outcome: ONE });
    const { scope } = bed.visits;
    const live = await bed.open();
    bed.predict([
      { key: 1, t: STARTS },
      { key: 2, t: STARTS },
    ]);
    await live.record([{ key: 1, value: true }]);
    await bed.advance(live, STARTS + DAY - HOUR);
    await live.record([{ key: 2, value: true }]);
    for (let i = 0; i < 2; i++) {
      await assert.rejects(
        live.advance(STARTS + DAY, 'test', async () => {
          throw new TendError('DISK_FULL', 'no room');
        }),
        { code: 'DISK_FULL' },
      );
      assert.equal(live.clock(), STARTS + DAY - HOUR);
    }
    await bed.advance(live, STARTS + DAY);
    assert.equal((await bed.sealed('outcomes')).length, 2);
    const served = await bed.visits.served('counts');
    assert.deepEqual(served, (await bed.visits.recomputed(STARTS + DAY)).counts);
    const last = served.filter((row) => row.tend_at === STARTS + DAY);
    assert.deepEqual(
      last.map((row) => [row.region, row.n]),
      [
        ['north', 3],
        ['south', 1],
      ],
    );
    assert.equal(
      (await scope.db.query.selectFrom('project_clock').select('at').execute())[0]?.at,
      STARTS + DAY,
    );
  });

  test('the boundaries after a restart in the middle of a day are those without one', async () => {
    const bed = await bedOf({ outcome: ONE });
    let live = await bed.open();
    const hour = async (n: number): Promise<void> => {
      const t = STARTS + n * HOUR;
      bed.predict([{ key: 1_000 + n, t, fields: { region: n % 3 === 0 ? `new ${n}` : 'north' } }]);
      // Late by an hour: of the prediction before.
      await live.record([{ key: 999 + n, value: n % 2 === 0 }]);
      await bed.advance(live, t + HOUR);
    };
    for (let n = 0; n < 30; n++) {
      if (n === 5 || n === 17 || n === 24 || n === 26) live = await bed.open();
      if (n === 11) await live.seal();
      await hour(n);
    }
    await live.seal();
    const served = await bed.visits.served('counts');
    assert.ok(served.length > 30);
    assert.deepEqual(served, (await bed.visits.recomputed(STARTS + 30 * HOUR)).counts);
  });

  test('a project that is watched late computes every boundary that it missed', async () => {
    const bed = await bedOf({ outcome: ONE });
    const live = await bed.open({ at: STARTS + 4 * DAY });
    await live.seal();
    const served = await bed.visits.served('counts');
    assert.deepEqual(served, (await bed.visits.recomputed(STARTS + 4 * DAY)).counts);
    assert.equal(served.filter((row) => row.tend_at === STARTS + HOUR).length, 2);
    const paths = readdirSync(join(bed.visits.scope.stateDir, 'features', 'harness', 'counts'));
    assert.ok(paths.includes(`${STARTS + 4 * DAY}.json`), sqlText(paths.join(' ')));
  });
});
