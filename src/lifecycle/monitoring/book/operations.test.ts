import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sqliteBackends } from '../../../../test/backends.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { checkInput } from '../../../kernel/check-input.ts';
import { callOperation } from '../../../kernel/operation.ts';
import type { Database } from '../../../store/database.ts';
import { criterionWindow, DAY, record, START } from '../timeline-testbed.ts';
import { monitorOperations } from './operations.ts';

const [memory] = sqliteBackends();

/** Calls an operation as HTTP does: input checked, the answer held against its schema. */
async function call(db: Database, name: string, input: object) {
  const operation = monitorOperations.find((one) => one.name === name);
  assert.ok(operation);
  const answer = await callOperation(operation, { db }, checkInput(operation.input, input));
  return operation.output.parse(answer) as {
    readonly items: readonly { readonly monitor: string; readonly to: number }[];
    readonly windows: readonly { readonly to: number; readonly title: string }[];
    readonly latest: { readonly to: number; readonly body: { readonly criteria: readonly unknown[] } };
    readonly next?: string;
    readonly criterion: string | null;
  };
}

function onSqlite(claim: (db: Database) => Promise<void>): Promise<void> {
  assert.ok(memory);
  return withDatabase(memory, async ({ db }) => {
    const windows = [0, 1, 2, 3, 4].flatMap((day) => [
      criterionWindow('still-good', day, { value: 0.7, bound: 0.68 }),
      ...(day === 2 ? [criterionWindow('answers', day, { value: 1, bound: 0.5 })] : []),
    ]);
    await record(db, 'flight-delay', windows);
    await record(db, 'other', [criterionWindow('answers', 9, { value: 1, bound: 0.5 })]);
    await claim(db);
  });
}

test('monitors.list has the last window of each monitor of the project', () =>
  onSqlite(async (db) => {
    const { items } = await call(db, 'monitors.list', { project: 'flight-delay' });
    assert.deepEqual(
      items.map(({ monitor, to }) => [monitor, to]),
      [
        ['criterion:answers', START + 2 * DAY],
        ['criterion:still-good', START + 4 * DAY],
      ],
    );
    await assert.rejects(call(db, 'monitors.list', { project: 'nothing' }), /there is no project nothing/);
  }));

test('monitors.show has the last window with its figures, and pages through the others', () =>
  onSqlite(async (db) => {
    const of = { project: 'flight-delay', monitor: 'criterion:still-good', limit: 2 };
    const ends: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await call(db, 'monitors.show', cursor === undefined ? of : { ...of, cursor });
      assert.equal(page.latest.to, START + 4 * DAY);
      assert.equal(page.latest.body.criteria.length, 1);
      ends.push(...page.windows.map(({ to }) => (to - START) / DAY));
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(ends, [4, 3, 2, 1, 0]);
    await assert.rejects(
      call(db, 'monitors.show', { ...of, monitor: 'drift' }),
      /there are: criterion:answers, criterion:still-good/,
    );
    await assert.rejects(call(db, 'monitors.show', { ...of, cursor: 'abc' }), /cursor/);
  }));

test('projects.timeline answers for the criterion asked for', () =>
  onSqlite(async (db) => {
    const all = await call(db, 'projects.timeline', { project: 'flight-delay' });
    assert.deepEqual([all.criterion, all.windows.length], ['answers', 1]);
    const one = await call(db, 'projects.timeline', { project: 'flight-delay', criterion: 'still-good' });
    assert.equal(one.windows.length, 5);
    await assert.rejects(call(db, 'projects.timeline', { project: 'nothing' }), /there is no project/);
  }));
