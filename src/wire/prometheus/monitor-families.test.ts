import assert from 'node:assert/strict';
import { it } from 'node:test';
import { projectDatabase } from '../../project/project-testbed.ts';
import { build } from '../../store/build.ts';
import type { Database } from '../../store/database.ts';
import { jsonText } from '../../store/json-text.ts';
import type { IncidentTable, MonitorWindowTable } from '../../store/tables/loop-tables.ts';
import { metricsText } from './metrics-text.ts';
import { monitorFamilies } from './monitor-families.ts';

async function see(
  db: Database,
  window: Pick<MonitorWindowTable, 'monitor' | 'to_at' | 'value'> & {
    readonly verdict?: MonitorWindowTable['verdict'];
    readonly body?: object;
  },
): Promise<void> {
  const { body = {}, ...rest } = window;
  const row = { project: 'tiny', from_at: 0, verdict: 'pass' as const, low: null, high: null, bound: null };
  const values = { ...row, ...rest, body: jsonText(body as never), created_at: 1 };
  await db.commit({ statements: [{ query: build.insertInto('monitor_window').values(values) }] });
}

async function open(
  db: Database,
  id: string,
  incident: Pick<IncidentTable, 'severity' | 'state'>,
): Promise<void> {
  const values = {
    id,
    project: 'tiny',
    cause: id,
    owner: 'team',
    title: id,
    what_to_do: 'look',
    seen: 1,
    evidence: jsonText([]),
    body: jsonText({}),
    opened_at: 1,
    last_at: 1,
    resolved_at: null,
    resolved_by: null,
    resolution: null,
    created_at: 1,
    updated_at: 1,
    ...incident,
  };
  await db.commit({ statements: [{ query: build.insertInto('incident').values(values) }] });
}

const samples = async (db: Database): Promise<string[]> =>
  metricsText(await monitorFamilies(db))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

it('shows what monitors saw last, and zeros for incidents of a project without any', async () => {
  const db = await projectDatabase();
  const none = ['info', 'warning', 'critical'].map(
    (severity) => `tend_incidents_open{project="tiny",severity="${severity}"} 0`,
  );
  assert.deepEqual(await samples(db), none);
  await see(db, { monitor: 'drift:x1', to_at: 1, value: 0.5, body: { psi: { effect: 0.5 } } });
  await see(db, {
    monitor: 'drift:x1',
    to_at: 2,
    value: 0.1,
    body: { psi: { effect: 0.1 }, js_distance: { effect: 0.2 }, ks_binned: { effect: null } },
  });
  await see(db, { monitor: 'drift', to_at: 2, value: 0.1, body: { psi: { effect: 0.1 } } });
  const parts = Array.from({ length: 30 }, (_, i) => ({ part: String(i), value: i }));
  const slices = [{ by: 'hour', parts }];
  await see(db, { monitor: 'criterion:good', to_at: 1, value: 0.8, verdict: 'fail', body: { slices } });
  await see(db, { monitor: 'criterion:good', to_at: 2, value: 0.7, verdict: 'open', body: { slices } });
  await see(db, { monitor: 'criterion:answers', to_at: 2, value: 0, body: { slices: 'of another shape' } });
  await see(db, { monitor: 'outcomes', to_at: 2, value: 0.95 });
  await open(db, 'inc_1', { severity: 'warning', state: 'open' });
  await open(db, 'inc_2', { severity: 'warning', state: 'acknowledged' });
  await open(db, 'inc_3', { severity: 'critical', state: 'resolved' });
  const lines = await samples(db);
  const sliced = lines.filter((line) => line.includes('slice="hour ='));
  assert.equal(sliced.length, 20, 'the values of a label are bounded');
  assert.deepEqual(
    lines.filter((line) => !sliced.includes(line)),
    [
      'tend_drift{project="tiny",feature="x1",test="psi"} 0.1',
      'tend_drift{project="tiny",feature="x1",test="js"} 0.2',
      'tend_live_metric{project="tiny",criterion="answers",slice="all"} 0',
      'tend_live_metric{project="tiny",criterion="good",slice="all"} 0.7',
      'tend_label_coverage{project="tiny"} 0.95',
      'tend_criterion_ok{project="tiny",criterion="answers"} 1',
      'tend_criterion_ok{project="tiny",criterion="good"} 0',
      'tend_incidents_open{project="tiny",severity="info"} 0',
      'tend_incidents_open{project="tiny",severity="warning"} 2',
      'tend_incidents_open{project="tiny",severity="critical"} 0',
    ],
  );
  await db.close();
});
