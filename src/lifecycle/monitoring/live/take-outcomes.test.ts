import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DAY, HOUR, STARTS } from '../../../../test/visits-bed.ts';
import { type LiveBed, liveBed } from './live-testbed.ts';
import type { LiveProject } from './live-project.ts';
import type { SentOutcome, TakenOutcomes } from './take-outcomes.ts';

/** One outcome column: a bare value will do. */
const ONE = 'select returned, placed + interval 10 minutes as settled from visits';

/** Counts of an answer, in the order accepted, duplicate, unknown, refused. */
function counts({ accepted, duplicate, unknown, refused }: TakenOutcomes): number[] {
  return [accepted, duplicate, unknown, refused];
}

async function taken(live: LiveProject, ...outcomes: SentOutcome[]): Promise<number[]> {
  const answer = await live.record(outcomes);
  const said = counts(answer);
  assert.equal(
    said.reduce((sum, count) => sum + count, 0),
    outcomes.length,
    'each is counted once',
  );
  return said;
}

describe('outcomes that are sent', () => {
  const beds: LiveBed[] = [];
  const bedOf = async (...options: Parameters<typeof liveBed>): Promise<LiveBed> => {
    const bed = await liveBed(...options);
    beds.push(bed);
    return bed;
  };
  after(async () => {
    for (const bed of beds) await bed[Symbol.asyncDispose]();
  });

  test('are joined by id or key, in any order, late or not; each counts once', async () => {
    const bed = await bedOf({ outcome: ONE });
    const live = await bed.open();
    const [a, b, c, d] = bed.predict([{ key: 100 }, { key: 101 }, { key: 102 }, {}]);
    assert.ok(a && b && c && d);
    const first: SentOutcome[] = [
      { prediction: d.id, value: true },
      { key: 101, value: false },
      { prediction: a.id, value: true, at: STARTS },
      // Twice in a request: the same, by another name, and otherwise.
      { prediction: a.id, value: true },
      { key: 100, value: { returned: true } },
      { key: 100, value: false },
    ];
    assert.deepEqual(await taken(live, ...first), [3, 2, 0, 1]);
    assert.deepEqual(
      await taken(live, { key: 101, value: false }, { prediction: b.id, value: true }),
      [0, 1, 0, 1],
    );
    await bed.advance(live, STARTS + 2 * HOUR);
    assert.deepEqual(await taken(live, { key: 100, value: true }, { key: 102, value: false }), [1, 1, 0, 0]);
    // The day is sealed, then the predictions too.
    await bed.advance(live, STARTS + DAY);
    assert.equal((await bed.sealed('outcomes')).length, 4);
    assert.deepEqual(await taken(live, ...first), [0, 5, 0, 1]);
    bed.rotate();
    bed.predict([{ key: 103 }]);
    await bed.advance(live, STARTS + 2 * DAY);
    await bed.advance(live, STARTS + 2 * DAY + HOUR);
    assert.deepEqual(await taken(live, ...first, { key: 103, value: true }), [1, 5, 0, 1]);
    assert.deepEqual(
      await taken(live, { key: 102, value: true }, { prediction: c.id, value: false }),
      [0, 1, 0, 1],
    );
    await live.seal();
    assert.equal((await bed.sealed('outcomes')).length, 5);
  });

  test('change nothing where they are unknown or of another type, and it is said', async () => {
    const bed = await bedOf({ outcome: ONE });
    const live = await bed.open();
    const [a] = bed.predict([{ key: 7 }]);
    assert.ok(a);
    const hostile = ['', "'; drop table x; --", 'prd_\0', '\ud800', a.id.toUpperCase(), `${a.id} `];
    const answer = await live.record([
      ...hostile.map((prediction) => ({ prediction, value: true })),
      { key: 8, value: true },
      { key: '7', value: true },
      { key: Number.NaN, value: true },
      { prediction: a.id, value: 'true' },
      { prediction: a.id, value: null },
      { prediction: a.id, value: 1 },
      { prediction: a.id, value: [true] },
      { prediction: a.id, value: {} },
      { prediction: a.id, value: { returned: true, more: 1 } },
    ]);
    assert.deepEqual(counts(answer), [0, 0, 9, 6]);
    assert.deepEqual(
      answer.problems.map(({ index, code }) => [index, code]),
      Array.from({ length: 15 }, (_, i) => [i, i < 9 ? 'NOT_FOUND' : 'INVALID_INPUT']),
    );
    assert.match(answer.problems[9]?.message ?? '', /returned: expected true or false, got "true"/);
    assert.deepEqual(await taken(live, { prediction: a.id, value: false }), [1, 0, 0, 0]);
    const many = await live.record(Array.from({ length: 300 }, () => ({ prediction: 'x', value: true })));
    assert.deepEqual([many.unknown, many.problems.length], [300, 100]);
  });

  test('name several columns in an object, and are compared column by column', async () => {
    const bed = await bedOf();
    const live = await bed.open();
    const [a, b] = bed.predict([{}, {}]);
    assert.ok(a && b);
    assert.deepEqual(
      await taken(
        live,
        { prediction: a.id, value: true },
        { prediction: a.id, value: { returned: true } },
        { prediction: a.id, value: { returned: true, lag: 1.5 } },
        { prediction: a.id, value: { returned: true, lag: 20 } },
        { prediction: a.id, value: { lag: 20, returned: true } },
        { prediction: a.id, value: { lag: 21, returned: true } },
      ),
      [1, 1, 0, 4],
    );
    await live.seal();
    assert.deepEqual(
      await taken(live, { prediction: a.id, value: { lag: 20, returned: true } }),
      [0, 1, 0, 0],
    );
    const [row] = await bed.sealed('outcomes');
    assert.deepEqual([row?.returned, row?.lag, row?.tend_target], [true, 20, 1]);
  });

  test('of a prediction that was given up are found in the log, before it is sealed and after', async () => {
    const bed = await bedOf({ outcome: ONE }, { withinMs: HOUR });
    let live = await bed.open();
    const [a, b, c] = bed.predict([{ key: 1 }, { key: 2 }, { key: 3 }]);
    assert.ok(a && b && c);
    await bed.advance(live, STARTS + DAY);
    assert.equal((await live.recent(0, STARTS + DAY)).length, 0, 'given up');
    assert.deepEqual(await taken(live, { key: 1, value: true }, { key: 1, value: true }), [1, 1, 0, 0]);
    live = await bed.open();
    assert.deepEqual(await taken(live, { prediction: a.id, value: true }), [0, 1, 0, 0]);
    bed.rotate();
    bed.predict([{ key: 9 }]);
    await bed.advance(live, STARTS + 2 * DAY);
    await bed.advance(live, STARTS + 2 * DAY + HOUR);
    // Segments are sealed beside everything else.
    while ((await bed.parts('predictions')).length === 0) await delay(10);
    assert.deepEqual(
      await taken(live, { key: 2, value: true }, { prediction: b.id, value: true }),
      [1, 1, 0, 0],
    );
    // Not sealed, and of a prediction that nobody holds any more: a kill loses it as little.
    live = await bed.open({ at: STARTS + 10 * DAY });
    assert.deepEqual(await taken(live, { key: 2, value: true }, { key: 3, value: false }), [1, 1, 0, 0]);
    await live.seal();
    const rows = await bed.sealed('outcomes');
    assert.deepEqual(rows.map((row) => String(row.tend_prediction)).toSorted(), [a.id, b.id, c.id]);
  });

  test('of predictions that the monitors have forgotten count once, in an open segment', async () => {
    const bed = await bedOf({ outcome: ONE, tables: {} });
    let live = await bed.open();
    bed.predict([{ key: 1 }, { key: 2 }]);
    assert.deepEqual(await taken(live, { key: 1, value: true }), [1, 0, 0, 0]);
    await live.seal();
    live = await bed.open({ at: STARTS + 30 * DAY });
    assert.deepEqual(await taken(live, { key: 1, value: true }, { key: 2, value: true }), [1, 1, 0, 0]);
    live = await bed.open({ at: STARTS + 30 * DAY });
    assert.deepEqual(await taken(live, { key: 1, value: true }, { key: 2, value: true }), [0, 2, 0, 0]);
  });

  test('by key are of the latest prediction of the key, also after a restart', async () => {
    const bed = await bedOf({ outcome: ONE });
    let live = await bed.open();
    const [a, b] = bed.predict([{ key: 5 }, { key: 5 }]);
    assert.ok(a && b);
    assert.deepEqual(await taken(live, { key: 5, value: true }), [1, 0, 0, 0]);
    assert.deepEqual(await taken(live, { prediction: b.id, value: true }), [0, 1, 0, 0]);
    live = await bed.open();
    assert.deepEqual(await taken(live, { key: 5, value: true }), [0, 1, 0, 0]);
    await live.seal();
    live = await bed.open();
    assert.deepEqual(await taken(live, { key: 5, value: true }), [0, 1, 0, 0]);
    const [later] = bed.predict([{ key: 5 }]);
    assert.deepEqual(await taken(live, { key: 5, value: false }), [1, 0, 0, 0]);
    assert.deepEqual(await taken(live, { prediction: later?.id ?? '', value: false }), [0, 1, 0, 0]);
    assert.deepEqual(await taken(live, { prediction: a.id, value: false }), [1, 0, 0, 0]);
  });
});
