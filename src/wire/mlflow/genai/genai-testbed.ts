import assert from 'node:assert/strict';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import { readLedger } from '../../../store/ledger.ts';
import { type MlflowBed, openMlflowBed, type Reply } from '../mlflow-testbed.ts';

type Json = ReturnType<typeof JSON.parse>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface GenaiBed extends Pick<MlflowBed, 'db' | 'call'> {
  /** Calls below `/api/3.0/mlflow/`; a GET takes its query in the path. */
  readonly ask: (method: Method, path: string, input?: object) => Promise<Reply>;
  /** The same, where it must be answered. */
  readonly ok: (method: Method, path: string, input?: object) => Promise<Json>;
}

const withBed =
  (claim: (bed: GenaiBed) => Promise<void>) =>
  async ({ db }: DatabaseContext): Promise<void> => {
    using bed = openMlflowBed(db);
    const ask: GenaiBed['ask'] = (method, path, input = {}) =>
      bed.send(method, `/api/3.0/mlflow/${path}`, method === 'GET' ? '' : JSON.stringify(input));
    const ok: GenaiBed['ok'] = async (...call) => {
      const { status, json, text } = await ask(...call);
      assert.equal(status, 200, `${call[1]}: ${text}`);
      return json;
    };
    await claim({ db, call: bed.call, ask, ok });
  };

async function make(bed: GenaiBed, name: string, tags: object = {}, experiments = ['0']): Promise<string> {
  const input = { name, tags: JSON.stringify(tags), experiment_ids: experiments };
  return (await bed.ok('POST', 'datasets/create', input)).dataset.dataset_id;
}

const upsert = (bed: GenaiBed, id: string, records: readonly object[]): Promise<Json> =>
  bed.ok('POST', `datasets/${id}/records`, { records: JSON.stringify(records) });

async function recordsOf(bed: GenaiBed, id: string, query = ''): Promise<Json> {
  return JSON.parse((await bed.ok('GET', `datasets/${id}/records${query}`)).records);
}

/** What holds of datasets to evaluate with and of scorers, on every database. */
export const genaiClaims: Claims<DatabaseContext> = {
  'a dataset has a name, tags, experiments, and a digest that changes with its records': withBed(
    async (bed) => {
      const id = await make(bed, 'qa', { 'mlflow.user': 'kim', stage: 'dev', n: 1, yes: true, none: null });
      const made = (await bed.ok('GET', `datasets/${id}`)).dataset;
      assert.match(id, /^d-[0-9a-f]{32}$/);
      assert.deepEqual(JSON.parse(made.tags), { 'mlflow.user': 'kim', n: '1', stage: 'dev', yes: 'True' });
      assert.deepEqual([made.name, made.created_by, made.profile], ['qa', 'kim', undefined]);
      assert.deepEqual(made.experiment_ids, ['0']);
      await upsert(bed, id, [
        { inputs: { q: 'a', n: 1, x: 1.5 }, expectations: { ok: true }, outputs: 'text' },
      ]);
      const after = (await bed.ok('GET', `datasets/${id}`)).dataset;
      assert.notEqual(after.digest, made.digest);
      assert.deepEqual(JSON.parse(after.profile), { num_records: 1 });
      assert.deepEqual(JSON.parse(after.schema), {
        inputs: { q: 'string', n: 'integer', x: 'float' },
        outputs: 'string',
        expectations: { ok: 'boolean' },
        version: '1.0',
      });
      await bed.ok('PATCH', `datasets/${id}/tags`, { tags: '{"stage":"prod"}' });
      await bed.ok('DELETE', `datasets/${id}/tags/n`);
      await bed.ok('DELETE', `datasets/${id}/tags/n`);
      const tagged = JSON.parse((await bed.ok('GET', `datasets/${id}`)).dataset.tags);
      assert.deepEqual(tagged, { 'mlflow.user': 'kim', stage: 'prod', yes: 'True' });
      const { items } = await readLedger(bed.db, { chain: 'server', limit: 10 });
      assert.deepEqual(
        items.map(({ action }) => action),
        ['evaluation-dataset.changed', 'evaluation-dataset.created'],
      );
    },
  ),

  'records are known by their inputs: what comes again is merged, and counted so': withBed(async (bed) => {
    const id = await make(bed, 'merged');
    const a = { inputs: { q: 'a', deep: { x: 1, y: [2] } }, expectations: { e: 1 }, tags: { t: 'one' } };
    assert.deepEqual(await upsert(bed, id, [a, { inputs: { q: 'b' } }, a]), {
      inserted_count: 2,
      updated_count: 1,
    });
    const again = {
      inputs: { deep: { y: [2], x: 1 }, q: 'a' },
      expectations: { f: 2 },
      tags: { u: 'two' },
      outputs: { o: 1 },
    };
    assert.deepEqual(await upsert(bed, id, [again]), { inserted_count: 0, updated_count: 1 });
    const [first, second] = await recordsOf(bed, id);
    assert.deepEqual(first.inputs, a.inputs);
    assert.deepEqual(
      [first.expectations, first.tags],
      [
        { e: 1, f: 2 },
        { t: 'one', u: 'two' },
      ],
    );
    assert.deepEqual(first.outputs, { o: 1 });
    assert.deepEqual([second.inputs, second.outputs, second.expectations], [{ q: 'b' }, {}, undefined]);
    await upsert(bed, id, [{ inputs: { q: 'a', deep: { x: 1, y: [2] } }, outputs: null }]);
    assert.equal((await recordsOf(bed, id))[0].outputs, undefined);
    const gone = { dataset_record_ids: [second.dataset_record_id, 'dr-none'] };
    assert.deepEqual(await bed.ok('DELETE', `datasets/${id}/records`, gone), { deleted_count: 1 });
    assert.deepEqual(await bed.ok('DELETE', `datasets/${id}/records`, gone), { deleted_count: 0 });
    assert.equal((await recordsOf(bed, id)).length, 1);
  }),

  'numbers and sources of records come back as they were sent': withBed(async (bed) => {
    const id = await make(bed, 'exact');
    const records =
      '[{"inputs":{"id":12345678901234567890,"one":1.0,"__proto__":2},"source":{"source_type":"trace",' +
      '"source_data":{"trace_id":"tr-1"}}},{"inputs":{"id":1},"source":{"source_type":"HUMAN","source_data":{}}},' +
      '{"inputs":{"id":1.0}}]';
    const counts = await bed.ok('POST', `datasets/${id}/records`, { records });
    assert.deepEqual(counts, { inserted_count: 3, updated_count: 0 });
    const { records: text } = await bed.ok('GET', `datasets/${id}/records`);
    assert.match(text, /"inputs":\{"id":12345678901234567890,"one":1\.0,"__proto__":2\}/);
    const found = JSON.parse(text).map((one: Json) => [one.source_type, one.source_id]);
    assert.deepEqual(found, [
      ['TRACE', 'tr-1'],
      ['HUMAN', undefined],
      [undefined, undefined],
    ]);
  }),

  'pages of records come one after the other, each record once': withBed(async (bed) => {
    const id = await make(bed, 'paged');
    await upsert(
      bed,
      id,
      Array.from({ length: 2_500 }, (_, n) => ({ inputs: { n } })),
    );
    const seen = new Set<string>();
    let token = '';
    do {
      const page = await bed.ok('GET', `datasets/${id}/records?max_results=700${token}`);
      for (const one of JSON.parse(page.records)) seen.add(one.dataset_record_id);
      token =
        page.next_page_token === undefined ? '' : `&page_token=${encodeURIComponent(page.next_page_token)}`;
    } while (token !== '');
    assert.equal(seen.size, 2_500);
  }),

  'writers of one dataset at the same time lose nothing': withBed(async (bed) => {
    const id = await make(bed, 'shared');
    await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        upsert(bed, id, [{ inputs: { same: true }, tags: { [`t${n}`]: 'x' } }, { inputs: { n } }]),
      ),
    );
    const records: Json[] = await recordsOf(bed, id);
    assert.equal(records.length, 17);
    const shared = records.find(({ inputs }) => inputs.same === true);
    assert.equal(Object.keys(shared.tags).length, 16);
  }),

  'datasets are found by name, tag, time and experiment, page by page': withBed(async (bed) => {
    const { json } = await bed.call('POST', 'experiments/create', { name: 'other' });
    const other: string = json.experiment_id;
    for (const [name, team] of [
      ['alpha', 'a'],
      ['Beta', 'b'],
      ['gamma', 'a'],
    ] as const)
      await make(bed, name, { team }, name === 'Beta' ? [other] : ['0', other]);
    const names = async (asked: object): Promise<string> =>
      ((await bed.ok('POST', 'datasets/search', { order_by: ['name ASC'], ...asked })).datasets ?? [])
        .map((one: Json) => one.name)
        .toSorted()
        .join(' ');
    assert.equal(await names({}), 'Beta alpha gamma');
    assert.equal(await names({ experiment_ids: ['0'] }), 'alpha gamma');
    assert.equal(await names({ experiment_ids: [other], filter_string: "tags.team = 'a'" }), 'alpha gamma');
    assert.equal(await names({ filter_string: "name LIKE 'b%'" }), '');
    assert.equal(await names({ filter_string: "name ILIKE 'b%'" }), 'Beta');
    assert.equal(await names({ filter_string: "name IN ('alpha', 'x')" }), 'alpha');
    assert.equal(await names({ filter_string: 'created_time > 1 AND last_update_time < 5' }), '');
    assert.equal(await names({ filter_string: "tags.team != 'a' AND created_time > 1" }), 'Beta');
    const page = await bed.ok('POST', 'datasets/search', { max_results: 2, order_by: ['name DESC'] });
    const rest = await bed.ok('POST', 'datasets/search', {
      max_results: 2,
      order_by: ['name DESC'],
      page_token: page.next_page_token,
    });
    assert.deepEqual([page.datasets.length, rest.datasets.length, rest.next_page_token], [2, 1, undefined]);
    const byGet = await bed.ok('GET', 'datasets/search?experiment_ids=0&max_results=1');
    assert.deepEqual([byGet.datasets.length, typeof byGet.next_page_token], [1, 'string']);
  }),

  'a dataset is for experiments, and goes with all it has': withBed(async (bed) => {
    const id = await make(bed, 'moved', {}, []);
    const { json } = await bed.call('POST', 'experiments/create', { name: 'other' });
    const both = { experiment_ids: ['0', json.experiment_id] };
    for (const time of ['first', 'second']) {
      const { dataset } = await bed.ok('POST', `datasets/${id}/add-experiments`, both);
      assert.deepEqual(dataset.experiment_ids, both.experiment_ids, time);
    }
    for (const time of ['first', 'second']) {
      await bed.ok('POST', `datasets/${id}/remove-experiments`, { experiment_ids: ['0'] });
      const left = await bed.ok('GET', `datasets/${id}/experiment-ids`);
      assert.deepEqual(left.experiment_ids, [json.experiment_id], time);
    }
    await upsert(bed, id, [{ inputs: { a: 1 } }]);
    for (const time of ['first', 'second'])
      assert.deepEqual(await bed.ok('DELETE', `datasets/${id}`), {}, time);
    for (const table of ['evaluation_dataset', 'evaluation_record', 'evaluation_dataset_experiment'] as const)
      assert.deepEqual(await bed.db.query.selectFrom(table).selectAll().execute(), [], table);
  }),

  'what is wrong of a dataset is refused, and nothing is written': withBed(async (bed) => {
    const id = await make(bed, 'strict');
    const wrong: readonly [Method, string, object, number][] = [
      ['POST', 'datasets/create', {}, 400],
      ['POST', 'datasets/create', { name: ' ' }, 400],
      ['POST', 'datasets/create', { name: 1 }, 400],
      ['POST', 'datasets/create', { name: 'x'.repeat(256) }, 400],
      ['POST', 'datasets/create', { name: 'x', tags: '{' }, 400],
      ['POST', 'datasets/create', { name: 'x', tags: '[1]' }, 400],
      ['POST', 'datasets/create', { name: 'x', tags: { a: 'b' } }, 400],
      ['POST', 'datasets/create', { name: 'x', tags: `{"${'k'.repeat(251)}":""}` }, 400],
      ['POST', 'datasets/create', { name: 'x', tags: '[['.repeat(10_000) }, 400],
      ['POST', 'datasets/create', { name: 'x', experiment_ids: ['99'] }, 404],
      ['GET', 'datasets/none', {}, 404],
      ['GET', 'datasets/none/records', {}, 404],
      ['GET', 'datasets/none/experiment-ids', {}, 404],
      ['PATCH', 'datasets/none/tags', { tags: '{}' }, 404],
      ['PATCH', `datasets/${id}/tags`, {}, 400],
      ['POST', 'datasets/none/records', { records: '[]' }, 404],
      ['DELETE', 'datasets/none/records', { dataset_record_ids: [] }, 404],
      ['POST', 'datasets/none/add-experiments', { experiment_ids: ['0'] }, 404],
      ['POST', `datasets/${id}/add-experiments`, { experiment_ids: ['99'] }, 404],
      ['POST', 'datasets/none/remove-experiments', { experiment_ids: ['0'] }, 404],
      ['POST', `datasets/${id}/records`, {}, 400],
      ['POST', `datasets/${id}/records`, { records: [] }, 400],
      ['POST', `datasets/${id}/records`, { records: '{}' }, 400],
      ['POST', `datasets/${id}/records`, { records: '[1]' }, 400],
      ['POST', `datasets/${id}/records`, { records: '[1.0]' }, 400],
      ['POST', `datasets/${id}/records`, { records: '[{"inputs":{"a":NaN}}]' }, 400],
      ['POST', `datasets/${id}/records`, { records: '[{"inputs":{"a":1}},{"inputs":[]}]' }, 400],
      ['POST', `datasets/${id}/records`, { records: '[{"inputs":{},"tags":"x"}]' }, 400],
      ['POST', `datasets/${id}/records`, { records: '[{"source":{"source_type":"GUESS"}}]' }, 400],
      ['GET', `datasets/${id}/records?max_results=0`, {}, 400],
      ['GET', `datasets/${id}/records?page_token=x`, {}, 400],
      ['POST', 'datasets/search', { filter_string: "nonsense = 'x'" }, 400],
      ['POST', 'datasets/search', { filter_string: "name = 'x' OR name = 'y'" }, 400],
      ['POST', 'datasets/search', { order_by: ['tags.a'] }, 400],
      ['POST', 'datasets/search', { max_results: 50_001 }, 400],
    ];
    for (const [method, path, input, expected] of wrong) {
      const { status, json, text } = await bed.ask(method, path, input);
      const code = expected === 404 ? 'RESOURCE_DOES_NOT_EXIST' : 'INVALID_PARAMETER_VALUE';
      assert.deepEqual([status, json?.error_code], [expected, code], `${method} ${path} ${text}`);
    }
    assert.deepEqual(await recordsOf(bed, id), []);
    const { items } = await readLedger(bed.db, { chain: 'server', limit: 10 });
    assert.equal(items.length, 1);
  }),

  'scorers are registered version by version, listed by their newest, and deleted': withBed(async (bed) => {
    const at = { experiment_id: '0', name: 'length' };
    const body = (n: number): string => JSON.stringify({ name: 'length', call_source: `return ${n}` });
    const made = [];
    for (const n of [1, 2])
      made.push(await bed.ok('POST', 'scorers/register', { ...at, serialized_scorer: body(n) }));
    assert.deepEqual(
      made.map(({ version, experiment_id, name }) => [version, experiment_id, name]),
      [
        [1, '0', 'length'],
        [2, '0', 'length'],
      ],
    );
    assert.equal(made[0].scorer_id, made[1].scorer_id);
    await bed.ok('POST', 'scorers/register', { ...at, name: 'another', serialized_scorer: '{}' });
    const { scorers } = await bed.ok('GET', 'scorers/list?experiment_id=0');
    assert.deepEqual(
      scorers.map((one: Json) => [one.scorer_name, one.scorer_version, one.experiment_id]),
      [
        ['another', 1, 0],
        ['length', 2, 0],
      ],
    );
    assert.deepEqual((await bed.ok('GET', 'scorers/list')).scorers, scorers);
    const query = '?experiment_id=0&name=length';
    assert.equal((await bed.ok('GET', `scorers/versions${query}`)).scorers.length, 2);
    assert.equal((await bed.ok('GET', `scorers/get${query}`)).scorer.serialized_scorer, body(2));
    assert.equal((await bed.ok('GET', `scorers/get${query}&version=1`)).scorer.serialized_scorer, body(1));
    const online = await bed.ok('GET', `scorers/online-configs?scorer_ids=${made[0].scorer_id}`);
    assert.deepEqual(online, { configs: [] });
    const { config } = await bed.ok('PUT', 'scorers/online-config', { ...at, sample_rate: 0 });
    assert.deepEqual([config.scorer_id, config.sample_rate], [made[0].scorer_id, 0]);
    for (const [sample_rate, expected] of [
      [0.5, 400],
      [2, 400],
      ['x', 400],
      [undefined, 400],
    ] as const)
      assert.equal((await bed.ask('PUT', 'scorers/online-config', { ...at, sample_rate })).status, expected);
    const unknown = { ...at, name: 'none', sample_rate: 0 };
    assert.equal((await bed.ask('PUT', 'scorers/online-config', unknown)).status, 404);
    await bed.ok('DELETE', 'scorers/delete', { ...at, version: 1 });
    assert.equal((await bed.ask('GET', `scorers/get${query}&version=1`)).status, 404);
    await bed.ok('DELETE', 'scorers/delete', at);
    assert.equal((await bed.ask('GET', `scorers/get${query}`)).status, 404);
    assert.equal((await bed.ask('DELETE', 'scorers/delete', at)).status, 404);
    const many = Array.from({ length: 8 }, (_, n) =>
      bed.ok('POST', 'scorers/register', { ...at, serialized_scorer: body(n) }),
    );
    const versions = (await Promise.all(many))
      .map(({ version }): number => version)
      .toSorted((a, b) => a - b);
    assert.deepEqual(versions, [1, 2, 3, 4, 5, 6, 7, 8]);
  }),

  'what is wrong of a scorer is refused, and a deleted experiment lists none': withBed(async (bed) => {
    const at = { experiment_id: '0', name: 'length' };
    await bed.ok('POST', 'scorers/register', { ...at, serialized_scorer: '{}' });
    for (const [input, expected] of [
      [{ ...at, serialized_scorer: '{' }, 400],
      [{ ...at, serialized_scorer: { name: 'x' } }, 400],
      [{ ...at, name: ' ', serialized_scorer: '{}' }, 400],
      [{ ...at, name: 'x'.repeat(257), serialized_scorer: '{}' }, 400],
      [at, 400],
      [{ name: 'x', serialized_scorer: '{}' }, 400],
      [{ ...at, experiment_id: '99', serialized_scorer: '{}' }, 404],
    ] as const)
      assert.equal(
        (await bed.ask('POST', 'scorers/register', input)).status,
        expected,
        JSON.stringify(input),
      );
    assert.equal((await bed.ask('GET', 'scorers/list?experiment_id=99')).status, 404);
    await bed.call('POST', 'experiments/delete', { experiment_id: '0' });
    assert.deepEqual(await bed.ok('GET', 'scorers/list'), {});
  }),

  'datasets of runs are summed up, and histories of several runs come at once': withBed(async (bed) => {
    const run = async (context: string): Promise<string> => {
      const { json } = await bed.call('POST', 'runs/create', { experiment_id: '0' });
      const { run_id } = json.run.info;
      const dataset = { name: 'iris', digest: 'd1', source_type: 'local', source: '{}' };
      const tags = [{ key: 'mlflow.data.context', value: context }];
      await bed.call('POST', 'runs/log-inputs', { run_id, datasets: [{ dataset, tags }] });
      for (const step of [2, 1])
        await bed.call('POST', 'runs/log-metric', {
          run_id,
          key: 'loss',
          value: step,
          timestamp: step,
          step,
        });
      return run_id;
    };
    const runs = [await run('train'), await run('eval'), await run('train')];
    const { json } = await bed.call('POST', 'experiments/search-datasets', { experiment_ids: ['0'] });
    const iris = { experiment_id: '0', name: 'iris', digest: 'd1' };
    assert.deepEqual(json.dataset_summaries, [
      { ...iris, context: 'eval' },
      { ...iris, context: 'train' },
    ]);
    assert.equal((await bed.call('POST', 'experiments/search-datasets', {})).status, 400);
    const history = { run_id: runs, metric_key: 'loss' };
    const all = (await bed.call('GET', 'metrics/get-history-bulk', history)).json.metrics;
    assert.deepEqual(
      all.map((one: Json) => [one.run_id, one.step]),
      runs.toSorted().flatMap((id) => [
        [id, 1],
        [id, 2],
      ]),
    );
    const three = await bed.call('GET', 'metrics/get-history-bulk', { ...history, max_results: 3 });
    assert.equal(three.json.metrics.length, 3);
    const none = await bed.call('GET', 'metrics/get-history-bulk', { ...history, run_id: ['none'] });
    assert.equal(none.status, 404);
    assert.equal((await bed.call('GET', 'metrics/get-history-bulk', { metric_key: 'loss' })).status, 400);
  }),
};
