import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sqliteBackends } from '../../../test/backends.ts';
import { withDatabase } from '../../../test/database-context.ts';
import { type Figure, figureSchema } from '../../kernel/figure.ts';
import type { Database } from '../../store/database.ts';
import { timeline } from './timeline.ts';
import {
  candidate,
  criterionWindow,
  DAY,
  incident,
  record,
  retraining,
  rollback,
  START,
  tombstone,
} from './timeline-testbed.ts';

const [memory] = sqliteBackends();
const PROJECT = 'flight-delay';

function onSqlite(claim: (db: Database) => Promise<void>): Promise<void> {
  assert.ok(memory);
  return withDatabase(memory, ({ db }) => claim(db));
}

function lineOf(figure: Figure): Extract<Figure, { kind: 'line' }> {
  const line = figureSchema.parse(figure);
  assert.equal(line.kind, 'line');
  return line;
}

test('shows the criterion with the longest windows, oldest first, with its interval and its bound', () =>
  onSqlite(async (db) => {
    const good = [3, 1, 2].map((day) =>
      criterionWindow('still-good', day, { value: 0.7 + day / 100, bound: 0.68 }),
    );
    const answers = criterionWindow('answers', 3, { value: 0, bound: 0.001, overMs: 3_600_000 });
    await record(db, PROJECT, [...good, answers]);
    const { criterion, figure, windows } = await timeline(db, { project: PROJECT });
    assert.equal(criterion, 'still-good');
    assert.deepEqual(
      windows.map(({ to, value }) => [to, value]),
      [1, 2, 3].map((day) => [START + day * DAY, 0.7 + day / 100]),
    );
    const { series, thresholds, y, marks } = lineOf(figure);
    assert.deepEqual([series.length, series[0]?.points.length, series[0]?.band?.length], [1, 3, 3]);
    assert.deepEqual([thresholds, y.label, marks], [[{ value: 0.68, label: 'bound' }], 'roc_auc', []]);
    const asked = await timeline(db, { project: PROJECT, criterion: 'answers' });
    assert.equal(asked.windows.length, 1);
    await assert.rejects(
      timeline(db, { project: PROJECT, criterion: 'fast' }),
      /there are: answers, still-good/,
    );
  }));

test('a bound that moves with the release is a line of its own', () =>
  onSqlite(async (db) => {
    const bounds = [0.68, 0.68, 0.7];
    await record(
      db,
      PROJECT,
      bounds.map((bound, day) => criterionWindow('still-good', day, { value: 0.7, bound })),
    );
    const { series, thresholds } = lineOf((await timeline(db, { project: PROJECT })).figure);
    assert.deepEqual(thresholds, []);
    assert.deepEqual(
      series[1]?.points.map(([, bound]) => bound),
      bounds,
    );
  }));

test('what happened stands on the same axis, in order, each once', () =>
  onSqlite(async (db) => {
    const promotedAt = START + 11 * DAY;
    await record(
      db,
      PROJECT,
      [criterionWindow('still-good', 1, { value: 0.6, bound: 0.68 })],
      [
        incident(PROJECT, 'inc_1', 9, 'still-good fails', 20),
        incident(PROJECT, 'inc_2', 30, 'x'.repeat(500)),
        rollback(PROJECT, 'inc_2', 31),
        retraining(PROJECT, {
          id: 'ret_1',
          day: 10,
          state: 'rolled-back',
          promoted: 2,
          body: { promotedAt },
          effect: { looks: [{ at: START + 18 * DAY }] },
        }),
        candidate(PROJECT, { id: 'can_1', retraining: 'ret_1', day: 10, state: 'refused' }),
        candidate(PROJECT, { id: 'can_2', retraining: 'ret_1', day: 10, state: 'rolled-back' }),
        retraining(PROJECT, { id: 'ret_2', day: 24, state: 'refused' }),
        candidate(PROJECT, { id: 'can_3', retraining: 'ret_2', day: 25, state: 'rolled-back' }),
        tombstone(PROJECT, 'flight-delay@1', 40, 'evd_1'),
        tombstone(PROJECT, 'flight-delay@2', 41, ''),
        incident('another', 'inc_3', 9, 'of another project'),
      ],
    );
    const { marks = [] } = lineOf((await timeline(db, { project: PROJECT })).figure);
    assert.deepEqual(
      marks.map(({ at, kind }) => [(at - START) / DAY, kind]),
      [
        [9, 'incident'],
        [10, 'retraining'],
        [10, 'refusal'],
        [11, 'promotion'],
        [18, 'rollback'],
        [20, 'resolved'],
        [24, 'retraining'],
        [25, 'rollback'],
        [30, 'incident'],
        [31, 'rollback'],
        [40, 'exit'],
      ],
    );
    assert.equal(
      marks.find(({ kind }) => kind === 'refusal')?.label,
      '1 month refused: the interval includes zero',
    );
    assert.equal(marks.find(({ kind }) => kind === 'exit')?.label, 'version flight-delay@1 retired');
  }));

test('without a measurement the figure is empty; of more than a thousand windows the newest stay', () =>
  onSqlite(async (db) => {
    await record(db, PROJECT, []);
    const { criterion, figure, windows } = await timeline(db, { project: PROJECT });
    assert.deepEqual([criterion, windows], [null, []]);
    assert.deepEqual(lineOf(figure).series[0]?.points, []);
    const many = Array.from({ length: 1200 }, (_, day) =>
      criterionWindow('still-good', day, { value: 0.7, bound: 0.6 }),
    );
    await record(db, 'long', many);
    const long = await timeline(db, { project: 'long' });
    assert.deepEqual([long.windows.length, long.windows.at(-1)?.to], [1000, START + 1199 * DAY]);
    lineOf(long.figure);
  }));
