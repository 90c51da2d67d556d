import { get, post, type RecordedCall, send } from './recorded-call.ts';

const RUN = 'run.info.run_id';
const long = (count: number): string => 'x'.repeat(count);
const many = <T>(count: number, one: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => one(i));

const runs: readonly RecordedCall[] = [
  post(
    'begin a run',
    'runs/create',
    {
      experiment_id: '$first',
      start_time: 1000,
      run_name: 'one',
      user_id: 'ann',
      tags: [
        { key: 'mlflow.user', value: 'bob' },
        { key: 'odd', value: 'yes' },
      ],
    },
    { one: RUN },
  ),
  post(
    'begin a run without a name',
    'runs/create',
    { experiment_id: '$first', start_time: 2000 },
    { two: RUN },
  ),
  post(
    'begin a run named by a tag',
    'runs/create',
    { experiment_id: '$first', start_time: 3000, tags: [{ key: 'mlflow.runName', value: 'three' }] },
    { three: RUN },
  ),
  post(
    'begin a run of the default experiment',
    'runs/create',
    { experiment_id: '0', start_time: 1 },
    { four: RUN },
  ),
  post('begin a run without an experiment', 'runs/create', { start_time: 1 }),
  // What one of the two takes of the faults goes to a run that nothing else asks for.
  post('begin a run for faults', 'runs/create', { experiment_id: '0', start_time: 1 }, { spare: RUN }),
  post(
    'begin a run elsewhere',
    'runs/create',
    { experiment_id: '$elsewhere', start_time: '4000', run_name: 'far' },
    { far: RUN },
  ),
  get('get the run', 'runs/get', { run_id: '$one' }),
  get('get the run by both ids', 'runs/get', { run_id: '$one', run_uuid: '$one' }),
  post('log a metric', 'runs/log-metric', { run_id: '$one', key: 'acc', value: 0.5, timestamp: 10, step: 1 }),
  post('log it again', 'runs/log-metric', { run_id: '$one', key: 'acc', value: 0.5, timestamp: 10, step: 1 }),
  post('log a metric by the old id', 'runs/log-metric', {
    run_uuid: '$one',
    key: 'acc',
    value: 0.75,
    timestamp: 20,
    step: 2,
  }),
  post('log an earlier step', 'runs/log-metric', {
    run_id: '$one',
    key: 'acc',
    value: 0.1,
    timestamp: 30,
    step: 0,
  }),
  post('log NaN', 'runs/log-metric', { run_id: '$one', key: 'nan', value: 'NaN', timestamp: 1 }),
  post('log infinity', 'runs/log-metric', { run_id: '$one', key: 'inf', value: 'Infinity', timestamp: 1 }),
  post('log minus infinity', 'runs/log-metric', {
    run_id: '$one',
    key: '-inf',
    value: '-Infinity',
    timestamp: 1,
  }),
  post('log a metric of texts', 'runs/log-metric', {
    run_id: '$one',
    key: 'text',
    value: '1.5',
    timestamp: '7',
    step: '-3',
  }),
  post('log a parameter', 'runs/log-parameter', { run_id: '$one', key: 'lr', value: '0.1' }),
  post('log the parameter again', 'runs/log-parameter', { run_id: '$one', key: 'lr', value: '0.1' }),
  post('log an empty parameter', 'runs/log-parameter', { run_id: '$one', key: 'empty', value: '' }),
  post('log a long parameter', 'runs/log-parameter', { run_id: '$one', key: 'long', value: long(6_001) }),
  post('set a tag', 'runs/set-tag', { run_id: '$one', key: 'colour', value: 'red' }),
  post('set it again', 'runs/set-tag', { run_id: '$one', key: 'colour', value: 'blue' }),
  post('set a long tag', 'runs/set-tag', { run_id: '$one', key: 'long', value: long(8_001) }),
  post('set a tag for a while', 'runs/set-tag', { run_id: '$one', key: 'gone', value: '' }),
  post('take the tag away', 'runs/delete-tag', { run_id: '$one', key: 'gone' }),
  post('name the run by its tag', 'runs/set-tag', { run_id: '$two', key: 'mlflow.runName', value: 'two' }),
  post('log a batch', 'runs/log-batch', {
    run_id: '$two',
    metrics: many(30, (i) => ({ key: 'loss', value: 1 / (i + 1), timestamp: 100 + i, step: i })),
    params: [
      { key: 'lr', value: '0.2' },
      { key: 'Kind', value: 'Tree' },
    ],
    tags: [{ key: 'odd', value: 'no' }],
  }),
  post('log nothing', 'runs/log-batch', { run_id: '$two' }),
  post('log a batch to the third', 'runs/log-batch', {
    run_id: '$three',
    metrics: [
      { key: 'loss', value: 3, timestamp: 1, step: 0 },
      { key: 'acc', value: 0.9, timestamp: 1, step: 0 },
    ],
    params: [{ key: 'Kind', value: 'linear_100%' }],
  }),
  post('log datasets', 'runs/log-inputs', {
    run_id: '$one',
    datasets: [
      {
        tags: [{ key: 'mlflow.data.context', value: 'train' }],
        dataset: {
          name: 'iris',
          digest: 'abc',
          source_type: 'local',
          source: '{"uri":"x"}',
          schema: '{"a":1}',
          profile: '{"rows":3}',
        },
      },
      { dataset: { name: 'plain', digest: 'def', source_type: 'code', source: '{}' } },
    ],
  }),
  post('log a legacy model', 'runs/log-model', {
    run_id: '$four',
    model_json:
      '{"artifact_path":"model","flavors":{},"run_id":"$four","utc_time_created":"2026-01-01 00:00:00"}',
  }),
  get('get the run with all of it', 'runs/get', { run_id: '$one' }),
  get('get the named run', 'runs/get', { run_id: '$two' }),
  post('end the run', 'runs/update', { run_id: '$two', status: 'FINISHED', end_time: 9000 }),
  post('end another by a number', 'runs/update', { run_id: '$three', status: 4, end_time: '8000' }),
  post('rename a run', 'runs/update', { run_id: '$three', run_name: 'third' }),
  post('a status that is none', 'runs/update', { run_id: '$three', status: 'DANCING' }),
  get('get the renamed run', 'runs/get', { run_id: '$three' }),
];

const find = (name: string, filter: string, more: object = {}): RecordedCall =>
  post(`find runs: ${name}`, 'runs/search', { experiment_ids: ['$first'], filter, ...more });

const searches: readonly RecordedCall[] = [
  find('all', ''),
  post('find runs of two experiments', 'runs/search', {
    experiment_ids: ['$first', '$elsewhere'],
    order_by: ['start_time ASC'],
  }),
  post('find runs of no experiment', 'runs/search', {}),
  find('by a metric', 'metrics.loss < 0.5'),
  find('by a metric, quoted', 'metrics.`loss` >= 3 and metric."acc" = 0.9'),
  find('by a parameter', "params.lr = '0.1'"),
  find('by a parameter that differs', "params.lr != '0.1'"),
  find('by like', "params.Kind LIKE 'linear\\_100\\%'"),
  find('by like of case', "params.Kind LIKE 'tree'"),
  find('by ilike', "params.Kind ILIKE 'TREE'"),
  find('by a tag', "tags.odd = 'no'"),
  find('by the name', "attributes.run_name = 'one'"),
  find('by a list', "run_name IN ('one', 'two')"),
  find('by a list of others', "attributes.run_name NOT IN ('one', 'two')"),
  find('by ids', "attributes.run_id IN ('$one')"),
  find('by status', "attributes.status = 'RUNNING'"),
  find('by start', 'attributes.start_time >= 2000 AND start_time < 3000'),
  find('by end', 'end_time > 1'),
  find('by a dataset', "datasets.name = 'iris' AND dataset.context = 'train'"),
  find('by the digest of a dataset', "dataset.digest IN ('def')"),
  find('by a tag that is there', 'tags.odd IS NOT NULL'),
  find('by a parameter that is not there', 'params.lr IS NULL'),
  find('by metric order', '', { order_by: ['metrics.acc DESC'] }),
  find('by metric order up', '', { order_by: ['metrics.acc ASC'] }),
  find('by the order of NaN', '', { order_by: ['metrics.nan DESC'] }),
  find('by parameter order', '', { order_by: ['params.Kind'] }),
  find('by tag order', '', { order_by: ['tags.odd DESC', 'start_time ASC'] }),
  find('by end order', '', { order_by: ['end_time ASC'] }),
  find('by status order', '', { order_by: ['status ASC', 'start_time DESC'] }),
  find('a page', '', { max_results: 2 }),
  find('deleted ones', '', { run_view_type: 'DELETED_ONLY' }),
  find('with OR', "params.a = 'x' OR params.b = 'y'"),
  find('with a text for a number', "metrics.loss > 'x'"),
  find('with a number for a text', 'params.lr = 0.1'),
  find('with LIKE on a number', "metrics.loss LIKE '1'"),
  find('by an entity that is none', "colour.x = 'y'"),
  find('by an attribute that is none', "attributes.colour = 'y'"),
  find('with a quote left open', "params.lr = '0.1"),
  find('with an operator alone', '>'),
  find('with more than a comparison', "params.lr = '0.1' params.lr"),
  find('too many', '', { max_results: 50_001 }),
  find('fewer than none', '', { max_results: -1 }),
  find('from a token that is none', '', { page_token: '!!' }),
  find('in an order that is none', '', { order_by: ['colour'] }),
  find('in a direction that is none', '', { order_by: ['metrics.acc SIDEWAYS'] }),
  post('find runs of an id that is none', 'runs/search', { experiment_ids: ['999999'] }),
];

const metric = { run_id: '$spare', key: 'm', value: 1, timestamp: 1 };

const runFaults: readonly RecordedCall[] = [
  get('no such run', 'runs/get', { run_id: long(32) }),
  get('no id of a run', 'runs/get'),
  post('begin in no experiment', 'runs/create', { experiment_id: '999999' }),
  post('begin with two names', 'runs/create', {
    experiment_id: '$first',
    run_name: 'a',
    tags: [{ key: 'mlflow.runName', value: 'b' }],
  }),
  post('begin at a time that is none', 'runs/create', { experiment_id: '$first', start_time: 'noon' }),
  post('update none', 'runs/update', { run_id: long(32), status: 'FINISHED' }),
  post('delete no run', 'runs/delete', { run_id: long(32) }),
  post('delete a run without an id', 'runs/delete', {}),
  post('restore no run', 'runs/restore', { run_id: long(32) }),
  post('a metric of no run', 'runs/log-metric', { ...metric, run_id: long(32) }),
  post('a metric without a run', 'runs/log-metric', { key: 'm', value: 1, timestamp: 1 }),
  post('a metric without a key', 'runs/log-metric', { run_id: '$one', value: 1, timestamp: 1 }),
  post('a metric without a value', 'runs/log-metric', { run_id: '$one', key: 'm', timestamp: 1 }),
  post('a metric without a time', 'runs/log-metric', { run_id: '$one', key: 'm', value: 1 }),
  post('a metric of a word', 'runs/log-metric', { ...metric, value: 'high' }),
  post('a metric of true', 'runs/log-metric', { ...metric, value: true }),
  post('a metric at half a step', 'runs/log-metric', { ...metric, step: 1.5 }),
  post('a metric at a word', 'runs/log-metric', { ...metric, timestamp: 'noon' }),
  post('a metric with a key too long', 'runs/log-metric', { ...metric, key: long(251) }),
  post('a metric with a key that is a path', 'runs/log-metric', { ...metric, key: 'a//b' }),
  post('a metric with a key of other signs', 'runs/log-metric', { ...metric, key: 'a!b' }),
  post('another value of a parameter', 'runs/log-parameter', { run_id: '$one', key: 'lr', value: '0.9' }),
  post('a parameter of no run', 'runs/log-parameter', { run_id: long(32), key: 'a', value: 'b' }),
  post('a parameter without a key', 'runs/log-parameter', { run_id: '$one', value: 'b' }),
  post('a parameter that is a number', 'runs/log-parameter', { run_id: '$one', key: 'a', value: 3 }),
  post('a parameter with a key too long', 'runs/log-parameter', {
    run_id: '$one',
    key: long(251),
    value: 'b',
  }),
  post('a tag of no run', 'runs/set-tag', { run_id: long(32), key: 'a', value: 'b' }),
  post('a tag without a key', 'runs/set-tag', { run_id: '$one', value: 'b' }),
  post('a tag with a key that is a path', 'runs/set-tag', { run_id: '$one', key: '../a', value: 'b' }),
  post('take away what is not there', 'runs/delete-tag', { run_id: '$one', key: 'none' }),
  post('a batch of no run', 'runs/log-batch', { run_id: long(32), metrics: [] }),
  post('a batch without a run', 'runs/log-batch', { metrics: [] }),
  post('a batch with a parameter twice', 'runs/log-batch', {
    run_id: '$one',
    params: [
      { key: 'z', value: '1' },
      { key: 'z', value: '2' },
    ],
  }),
  post('a batch that changes a parameter', 'runs/log-batch', {
    run_id: '$one',
    params: [{ key: 'lr', value: '7' }],
  }),
  post('a batch of too many metrics', 'runs/log-batch', {
    run_id: '$one',
    metrics: many(1_001, (i) => ({ key: 'b', value: i, timestamp: i, step: i })),
  }),
  post('a batch of too many parameters', 'runs/log-batch', {
    run_id: '$one',
    params: many(101, (i) => ({ key: `q${i}`, value: '1' })),
  }),
  post('a batch of too many tags', 'runs/log-batch', {
    run_id: '$one',
    tags: many(101, (i) => ({ key: `t${i}`, value: '1' })),
  }),
  post('a batch that is no list', 'runs/log-batch', { run_id: '$one', metrics: 'x' }),
  post('a batch with a key that is a path', 'runs/log-batch', {
    run_id: '$one',
    metrics: [{ key: '../x', value: 1, timestamp: 1, step: 0 }],
  }),
  post('datasets of no run', 'runs/log-inputs', { run_id: long(32), datasets: [] }),
  post('a dataset without a name', 'runs/log-inputs', {
    run_id: '$spare',
    datasets: [{ dataset: { digest: 'a', source_type: 'b', source: 'c' } }],
  }),
  post('a legacy model that is no JSON', 'runs/log-model', { run_id: '$one', model_json: '{' }),
  get('history of no run', 'metrics/get-history', { run_id: long(32), metric_key: 'acc' }),
  get('history without a key', 'metrics/get-history', { run_id: '$one' }),
  get('history from a token that is none', 'metrics/get-history', {
    run_id: '$one',
    metric_key: 'acc',
    max_results: '10',
    page_token: '!!',
  }),
  get('histories of no runs', 'metrics/get-history-bulk-interval', { metric_key: 'acc' }),
  get('histories of a run that is none', 'metrics/get-history-bulk-interval', {
    run_ids: long(32),
    metric_key: 'acc',
  }),
  get('histories from behind', 'metrics/get-history-bulk-interval', {
    run_ids: '$one',
    metric_key: 'acc',
    start_step: '5',
    end_step: '1',
  }),
  get('histories from a start alone', 'metrics/get-history-bulk-interval', {
    run_ids: '$one',
    metric_key: 'acc',
    start_step: '5',
  }),
];

const histories: readonly RecordedCall[] = [
  get('history', 'metrics/get-history', { run_id: '$one', metric_key: 'acc', max_results: '25000' }),
  get('history of NaN', 'metrics/get-history', { run_id: '$one', metric_key: 'nan', max_results: '25000' }),
  get('history of infinity', 'metrics/get-history', {
    run_id: '$one',
    metric_key: 'inf',
    max_results: '25000',
  }),
  get('a page of history', 'metrics/get-history', { run_id: '$two', metric_key: 'loss', max_results: '3' }),
  get('history of a key that is none', 'metrics/get-history', {
    run_id: '$one',
    metric_key: 'none',
    max_results: '25000',
  }),
  get('history without a limit', 'metrics/get-history', { run_id: '$one', metric_key: 'acc' }),
  get('histories', 'metrics/get-history-bulk-interval', {
    run_ids: '$two',
    metric_key: 'loss',
    max_results: '50',
  }),
  get('histories between', 'metrics/get-history-bulk-interval', {
    run_ids: '$two',
    metric_key: 'loss',
    start_step: '3',
    end_step: '6',
    max_results: '50',
  }),
];

const ends: readonly RecordedCall[] = [
  post('delete the run', 'runs/delete', { run_id: '$one' }),
  post('delete it again', 'runs/delete', { run_id: '$one' }),
  get('get the deleted run', 'runs/get', { run_id: '$one' }),
  post('a metric of a deleted run', 'runs/log-metric', { ...metric, run_id: '$one' }),
  post('a parameter of a deleted run', 'runs/log-parameter', { run_id: '$one', key: 'late', value: '1' }),
  post('a tag of a deleted run', 'runs/set-tag', { run_id: '$one', key: 'late', value: '1' }),
  post('a batch of a deleted run', 'runs/log-batch', { run_id: '$one', tags: [{ key: 'late', value: '1' }] }),
  post('update a deleted run', 'runs/update', { run_id: '$one', status: 'FINISHED' }),
  post('find runs without the deleted', 'runs/search', { experiment_ids: ['$first'] }),
  post('find deleted runs', 'runs/search', { experiment_ids: ['$first'], run_view_type: 'DELETED_ONLY' }),
  post('find all runs', 'runs/search', { experiment_ids: ['$first'], run_view_type: 'ALL' }),
  post('restore the run', 'runs/restore', { run_id: '$one' }),
  get('get the restored run', 'runs/get', { run_id: '$one' }),
  post('delete the experiment of runs', 'experiments/delete', { experiment_id: '$first' }),
  get('get a run of a deleted experiment', 'runs/get', { run_id: '$three' }),
  post('find runs of a deleted experiment', 'runs/search', { experiment_ids: ['$first'] }),
  post('restore the experiment of runs', 'experiments/restore', { experiment_id: '$first' }),
  get('get a run of a restored experiment', 'runs/get', { run_id: '$three' }),
  send('a method that is none', 'DELETE', 'runs/create', {}),
];

/** Every call of runs: right ones first, in an order in which they follow from each other. */
export const runCalls: readonly RecordedCall[] = [...runs, ...searches, ...histories, ...runFaults, ...ends];
