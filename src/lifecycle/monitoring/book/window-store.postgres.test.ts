// needs: postgres
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { postgresBackend } from '../../../../test/backends.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { timeline } from '../timeline.ts';
import { criterionWindow, DAY, incident, record, rollback, START } from '../timeline-testbed.ts';
import { latestWindows, monitorWindows } from './window-store.ts';

const backend = postgresBackend();
after(() => backend.stop());

test('windows, the last ones and a timeline are the same from PostgreSQL', () =>
  withDatabase(backend, async ({ db }) => {
    const project = 'flight-delay';
    const windows = [0, 1, 2].map((day) => criterionWindow('still-good', day, { value: 0.7, bound: 0.68 }));
    await record(db, project, windows, [
      incident(project, 'inc_1', 1, 'fails'),
      rollback(project, 'inc_1', 2),
    ]);
    const [latest] = await latestWindows(db, project);
    assert.deepEqual([latest?.to, latest?.value, latest?.low], [START + 2 * DAY, 0.7, 0.7 - 0.01]);
    const before = await monitorWindows(db, {
      project,
      monitor: 'criterion:still-good',
      limit: 5,
      before: START + DAY,
    });
    assert.deepEqual(
      before.map(({ to }) => to),
      [START],
    );
    const { figure } = await timeline(db, { project });
    assert.equal(figure.kind, 'line');
    if (figure.kind === 'line') assert.equal(figure.marks?.length, 2);
  }));
