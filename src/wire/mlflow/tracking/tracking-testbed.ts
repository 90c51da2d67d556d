import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import { projectExperiment } from '../../../lifecycle/training/tracking/project-experiment.ts';
import { readLedger } from '../../../store/ledger.ts';
import { type MlflowBed, openMlflowBed } from '../mlflow-testbed.ts';

async function newRun(bed: MlflowBed, input: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { status, json, text } = await bed.call('POST', 'runs/create', { experiment_id: '0', ...input });
  assert.equal(status, 200, text);
  return json.run.info.run_id;
}

async function ok(reply: ReturnType<MlflowBed['call']>): Promise<ReturnType<typeof JSON.parse>> {
  const { status, json, text } = await reply;
  assert.equal(status, 200, text);
  return json;
}

const point = (key: string, value: number | string, step: number) => ({
  key,
  value,
  timestamp: step + 5,
  step,
});

const withBed =
  (claim: (bed: MlflowBed) => Promise<void>) =>
  async ({ db }: DatabaseContext): Promise<void> => {
    using bed = openMlflowBed(db);
    await claim(bed);
  };

/** A run as a search sees it. */
interface Logged {
  readonly name: string;
  readonly start: number;
  readonly acc: number | null;
  readonly lr: string | null;
}

const logged = fc.array(
  fc.record({
    start: fc.integer({ min: 1, max: 4 }),
    acc: fc.option(fc.integer({ min: 0, max: 3 })),
    lr: fc.option(fc.constantFrom('0.1', '0.2', 'A%', '_')),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Names of runs in an order: those without the value last, then newest first. */
function sorted(runs: readonly Logged[], key: 'acc' | 'lr' | 'start', descending: boolean): string {
  const sign = descending ? -1 : 1;
  const byKey = (a: Logged, b: Logged): number => {
    const [x, y] = [a[key], b[key]];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return (x < y ? -1 : x > y ? 1 : 0) * sign;
  };
  return runs
    .toSorted((a, b) => byKey(a, b) || b.start - a.start || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name)
    .join();
}

/** What tracking does on every database. */
export const trackingClaims: Claims<DatabaseContext> = {
  'a batch that comes twice is there once; newest and history are those of the points': withBed(
    async (bed) => {
      const run_id = await newRun(bed);
      const metrics = [point('m', 3, 2), point('m', 'NaN', 1), point('m', 1, 0), point('m', 'Infinity', 3)];
      for (let i = 0; i < 2; i++) {
        await ok(
          bed.call('POST', 'runs/log-batch', {
            run_id,
            metrics,
            params: [{ key: 'p', value: '' }],
            tags: [{ key: 't', value: 'x' }],
          }),
        );
      }
      const { run } = await ok(bed.call('GET', 'runs/get', { run_id }));
      assert.deepEqual(run.data.metrics, [{ key: 'm', value: Number.MAX_VALUE, timestamp: 8, step: 3 }]);
      assert.deepEqual(run.data.params, [{ key: 'p', value: '' }]);
      const history = await ok(bed.call('GET', 'metrics/get-history', { run_id, metric_key: 'm' }));
      const values = history.metrics.map(({ value }: { value: number }) => value);
      assert.deepEqual(values, [1, 'NaN', 3, Number.MAX_VALUE]);
      const rows = await bed.db.query.selectFrom('run_latest').selectAll().execute();
      assert.deepEqual([rows.length, rows[0]?.min, rows[0]?.max], [1, 1, Number.MAX_VALUE]);
    },
  ),

  'a history is given page by page, each point once': withBed(async (bed) => {
    const run_id = await newRun(bed);
    const metrics = Array.from({ length: 25 }, (_, i) => ({ ...point('m', i % 4, i % 7), timestamp: i % 3 }));
    await ok(bed.call('POST', 'runs/log-batch', { run_id, metrics }));
    const whole = await ok(bed.call('GET', 'metrics/get-history', { run_id, metric_key: 'm' }));
    const found: unknown[] = [];
    let page_token = '';
    do {
      const input = { run_id, metric_key: 'm', max_results: 4, page_token };
      const page = await ok(bed.call('GET', 'metrics/get-history', input));
      found.push(...page.metrics);
      page_token = page.next_page_token ?? '';
    } while (page_token !== '');
    assert.deepEqual(found, whole.metrics);
    const bulk = { run_ids: [run_id], metric_key: 'm', max_results: 3 };
    const { metrics: some } = await ok(bed.call('GET', 'metrics/get-history-bulk-interval', bulk));
    assert.deepEqual([...new Set(some.map(({ step }: { step?: number }) => step))], [0, 3, 6]);
  }),

  'a batch with a parameter that has another value writes nothing': withBed(async (bed) => {
    const run_id = await newRun(bed);
    await ok(bed.call('POST', 'runs/log-parameter', { run_id, key: 'p', value: '1' }));
    await ok(bed.call('POST', 'runs/log-parameter', { run_id, key: 'p', value: '1' }));
    const params = Array.from({ length: 90 }, (_, i) => ({ key: `q${i}`, value: 'x' }));
    const refused = await bed.call('POST', 'runs/log-batch', {
      run_id,
      metrics: [point('m', 1, 1)],
      params: [...params, { key: 'p', value: '2' }],
    });
    assert.deepEqual([refused.status, refused.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
    const { run } = await ok(bed.call('GET', 'runs/get', { run_id }));
    assert.deepEqual([run.data.metrics, run.data.params], [undefined, [{ key: 'p', value: '1' }]]);
  }),

  'a search gives every run once, in the order asked for, whatever the page': withBed(async (bed) => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        logged,
        fc.constantFrom('acc', 'lr', 'start'),
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        async (drawn, key, descending, max_results) => {
          const name = `searched ${++number}`;
          const { experiment_id } = await ok(bed.call('POST', 'experiments/create', { name }));
          const runs: Logged[] = [];
          for (const { start, acc, lr } of drawn) {
            const id = await newRun(bed, { experiment_id, start_time: start });
            await ok(
              bed.call('POST', 'runs/log-batch', {
                run_id: id,
                metrics: acc === null ? [point('acc', 'NaN', 0)] : [point('acc', acc, 0)],
                params: lr === null ? [] : [{ key: 'lr', value: lr }],
              }),
            );
            runs.push({ name: id, start, acc, lr });
          }
          const by = { acc: 'metrics.acc', lr: 'params.lr', start: 'attributes.start_time' }[key];
          const ask = {
            experiment_ids: [experiment_id],
            max_results,
            order_by: [`${by} ${descending ? 'DESC' : 'ASC'}`],
          };
          assert.equal(await paged(bed, ask), sorted(runs, key as 'acc', descending));
          const two = { ...ask, order_by: [...ask.order_by, 'tags.none'] };
          assert.equal(await paged(bed, two), sorted(runs, key as 'acc', descending), 'sorted as walked');
          const atLeast = runs.filter(({ acc }) => acc !== null && acc >= 2);
          const held = { ...ask, order_by: [], filter: "metrics.acc >= 2 and params.lr != 'none'" };
          const expected = sorted(
            atLeast.filter(({ lr }) => lr !== null),
            'start',
            true,
          );
          assert.equal(await paged(bed, held), expected);
        },
      ),
      { numRuns: 12 },
    );
  }),

  'deleting an experiment hides its runs, restoring shows those that were there': withBed(async (bed) => {
    const { experiment_id } = await ok(bed.call('POST', 'experiments/create', { name: 'e' }));
    const [kept, gone] = [await newRun(bed, { experiment_id }), await newRun(bed, { experiment_id })];
    await ok(bed.call('POST', 'runs/delete', { run_id: gone }));
    const shown = async (run_view_type: string): Promise<number> =>
      (await ok(bed.call('POST', 'runs/search', { experiment_ids: [experiment_id], run_view_type }))).runs
        ?.length ?? 0;
    const all = async () => [await shown('ACTIVE_ONLY'), await shown('DELETED_ONLY'), await shown('ALL')];
    assert.deepEqual(await all(), [1, 1, 2]);
    await ok(bed.call('POST', 'experiments/delete', { experiment_id }));
    assert.deepEqual(await all(), [0, 2, 2]);
    const refused = await bed.call('POST', 'runs/log-metric', { run_id: kept, ...point('m', 1, 1) });
    assert.equal(refused.status, 400);
    await ok(bed.call('POST', 'experiments/restore', { experiment_id }));
    assert.deepEqual(await all(), [1, 1, 2]);
  }),

  'the ledger tells of beginnings, ends with the digest of what was measured, and deletions': withBed(
    async (bed) => {
      const run_id = await newRun(bed);
      await ok(bed.call('POST', 'runs/log-metric', { run_id, ...point('m', 1, 1) }));
      await ok(bed.call('POST', 'runs/update', { run_id, status: 'FINISHED', end_time: '7' }));
      await ok(bed.call('POST', 'runs/log-metric', { run_id, ...point('m', 2, 2) }));
      await ok(bed.call('POST', 'runs/update', { run_id, status: 3 }));
      await ok(bed.call('POST', 'runs/delete', { run_id }));
      const { items } = await readLedger(bed.db, { chain: 'server', limit: 10 });
      const actions = items.map(({ action }) => action);
      assert.deepEqual(actions, ['run.deleted', 'run.finished', 'run.finished', 'run.created']);
      const digests = items.slice(1, 3).map(({ body }) => JSON.parse(body).digest);
      assert.match(digests[0], /^[0-9a-f]{64}$/);
      assert.notEqual(digests[0], digests[1]);
    },
  ),

  'logged models are found by what was measured on them': withBed(async (bed) => {
    const made: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const params = [{ key: 'depth', value: name }];
      const { model } = await ok(bed.call('POST', 'logged-models', { experiment_id: '0', name, params }));
      made.push(model.info.model_id);
    }
    const run_id = await newRun(bed);
    const on = { dataset_name: 'd', dataset_digest: '1' };
    const metrics = made.slice(0, 2).map((model_id, i) => ({ ...point('acc', i, 1), model_id, ...on }));
    await ok(bed.call('POST', 'runs/log-batch', { run_id, metrics }));
    const search = async (input: object) => {
      const { models = [] } = await ok(
        bed.call('POST', 'logged-models/search', { experiment_ids: ['0'], ...input }),
      );
      return models.map(({ info }: { info: { name: string } }) => info.name).join('');
    };
    const by = (ascending: boolean) => ({
      order_by: [{ field_name: 'metrics.acc', ascending, dataset_name: 'd' }],
    });
    assert.deepEqual([await search(by(true)), await search(by(false))], ['abc', 'bac']);
    assert.equal(await search({ filter: 'metrics.acc > 0.5', datasets: [{ dataset_name: 'd' }] }), 'b');
    assert.equal(await search({ filter: 'metrics.acc > 0.5', datasets: [{ dataset_name: 'x' }] }), '');
    assert.equal(await search({ filter: "params.depth = 'c' AND status = 'PENDING'" }), 'c');
    await ok(bed.call('PATCH', `logged-models/${made[0]}`, { status: 'LOGGED_MODEL_READY' }));
    await ok(bed.call('DELETE', `logged-models/${made[1]}`));
    assert.equal(await search({ filter: "status = 'READY'" }), 'a');
    assert.equal((await bed.call('GET', `logged-models/${made[1]}`)).status, 404);
  }),

  'a token that was made up and a number with a fraction are no fault of the server': withBed(async (bed) => {
    await newRun(bed, { start_time: 2 });
    const experiment_ids = ['0'];
    const search = (input: object) => bed.call('POST', 'runs/search', { experiment_ids, ...input });
    const token = (cursor: object): string => Buffer.from(JSON.stringify(cursor)).toString('base64');
    const made = [
      { keys: ['x'], startedAt: 1, id: 'a' },
      { keys: [1.5], startedAt: 1, id: 'a' },
      { keys: [1], startedAt: 1.5, id: 'a' },
      { keys: [], startedAt: 1, id: 'a' },
      { keys: [1], startedAt: 1, id: 5 },
      {},
    ];
    for (const cursor of made) {
      const input = { page_token: token(cursor), order_by: ['start_time'] };
      assert.equal((await search(input)).status, 400, JSON.stringify(cursor));
    }
    const offset = { page_token: token({ offset: -1 }) };
    assert.equal((await bed.call('POST', 'experiments/search', offset)).status, 400);
    for (const [filter, count] of [
      ['start_time > 1.5', 1],
      ['start_time > 2.5', 0],
      ['start_time <= 2.5', 1],
      ['start_time = 2.5', 0],
      ['start_time != 2.5', 1],
      ['start_time < 1e300', 1],
      ['end_time > -1e300', 0],
      ['metrics.m < 1e400', 0],
    ] as const)
      assert.equal((await ok(search({ filter }))).runs?.length ?? 0, count, filter);
    const times = { filter: 'creation_time > 0.5 and last_update_time < 1e99' };
    await ok(bed.call('POST', 'experiments/search', times));
    await ok(
      bed.call('POST', 'logged-models/search', { experiment_ids, filter: 'creation_timestamp > 0.5' }),
    );
  }),

  'datasets and their contexts are found': withBed(async (bed) => {
    const run_id = await newRun(bed);
    const dataset = { name: 'd', digest: 'x', source_type: 'local', source: '{}', schema: '{}' };
    const input = { tags: [{ key: 'mlflow.data.context', value: 'train' }], dataset };
    for (let i = 0; i < 2; i++) await ok(bed.call('POST', 'runs/log-inputs', { run_id, datasets: [input] }));
    const search = async (filter: string) =>
      (await ok(bed.call('POST', 'runs/search', { experiment_ids: ['0'], filter }))).runs ?? [];
    const [found] = await search("dataset.name = 'd' and datasets.context IN ('train')");
    assert.deepEqual(found.inputs.dataset_inputs, [input]);
    assert.equal((await search("dataset.digest LIKE 'X%'")).length, 0);
  }),

  'a project takes the experiment of its name, or one that is named after it, once': withBed(async (bed) => {
    await ok(bed.call('POST', 'experiments/create', { name: 'mine' }));
    for (const project of ['mine', 'other', 'Default', 'mine', 'other', 'Default'])
      await bed.db.commit({ statements: projectExperiment(project, 5) });
    const rows = await bed.db.query
      .selectFrom('experiment')
      .select(['name', 'project'])
      .orderBy('id')
      .execute();
    assert.deepEqual(rows, [
      { name: 'Default', project: null },
      { name: 'mine', project: 'mine' },
      { name: 'other', project: 'other' },
      { name: 'project/Default', project: 'Default' },
    ]);
  }),

  'artifacts are kept by path, replaced, listed by folder and deleted': withBed(async (bed) => {
    const at = '/api/2.0/mlflow-artifacts/artifacts';
    const put = (path: string, text: string) => bed.send('PUT', `${at}/${path}`, text);
    assert.equal((await put('1/r/artifacts/a/b.txt', 'one')).status, 200);
    assert.equal((await put('1/r/artifacts/a/b.txt', 'two')).status, 200);
    assert.equal((await put('1/r/artifacts/c', '')).status, 200);
    assert.equal((await bed.send('GET', `${at}/1/r/artifacts/a/b.txt`)).text, 'two');
    const list = async (path: string) => (await bed.send('GET', `${at}?path=${path}`)).json.files;
    assert.deepEqual(await list('1/r/artifacts'), [
      { path: 'a', is_dir: true },
      { path: 'c', is_dir: false, file_size: 0 },
    ]);
    assert.deepEqual(await list('1/r/artifacts/a'), [{ path: 'b.txt', is_dir: false, file_size: 3 }]);
    assert.equal(await list('1/r/artifacts/a/b.txt'), undefined);
    assert.equal((await put('1/r/artifacts/a', 'x')).status, 400, 'a folder is no file');
    assert.equal((await put('1/r/artifacts/c/d', 'x')).status, 400, 'a file is no folder');
    assert.equal((await bed.send('DELETE', `${at}/1/r/artifacts/a`)).status, 200);
    assert.equal((await bed.send('DELETE', `${at}/1/r/artifacts/a`)).status, 200);
    const gone = await bed.send('GET', `${at}/1/r/artifacts/a/b.txt`);
    assert.deepEqual([gone.status, gone.json.error_code], [404, 'RESOURCE_DOES_NOT_EXIST']);
  }),
};

/** Ids of all runs that a search gives, page after page. */
async function paged(bed: MlflowBed, ask: object): Promise<string> {
  const found: string[] = [];
  let page_token = '';
  do {
    const page = await ok(bed.call('POST', 'runs/search', { ...ask, page_token }));
    found.push(...(page.runs ?? []).map((run: { info: { run_id: string } }) => run.info.run_id));
    page_token = page.next_page_token ?? '';
  } while (page_token !== '');
  return found.join();
}
