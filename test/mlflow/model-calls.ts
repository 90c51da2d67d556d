import { get, post, type RecordedCall, send } from './recorded-call.ts';

const MODEL = 'model.info.model_id';
const NONE = `m-${'0'.repeat(32)}`;
const FILES = '/api/2.0/mlflow-artifacts/artifacts';

const models: readonly RecordedCall[] = [
  post(
    'begin an experiment of models',
    'experiments/create',
    { name: 'models' },
    { models: 'experiment_id' },
  ),
  post(
    'begin a run of models',
    'runs/create',
    { experiment_id: '$models', start_time: 5, run_name: 'maker' },
    { maker: 'run.info.run_id' },
  ),
  post(
    'begin a logged model',
    'logged-models',
    {
      experiment_id: '$models',
      name: 'tree',
      model_type: 'sklearn',
      source_run_id: '$maker',
      params: [{ key: 'depth', value: '3' }],
      tags: [{ key: 'team', value: 'a' }],
    },
    { tree: MODEL },
  ),
  post(
    'begin a logged model without a name',
    'logged-models',
    { experiment_id: '$models' },
    { other: MODEL },
  ),
  get('get the logged model', 'logged-models/$tree'),
  send('it is ready', 'PATCH', 'logged-models/$tree', { model_id: '$tree', status: 'LOGGED_MODEL_READY' }),
  send('the other failed', 'PATCH', 'logged-models/$other', {
    model_id: '$other',
    status: 'LOGGED_MODEL_UPLOAD_FAILED',
  }),
  send('tag the logged model', 'PATCH', 'logged-models/$tree/tags', {
    tags: [
      { key: 'team', value: 'b' },
      { key: 'x', value: '1' },
    ],
  }),
  send('take a tag of it away', 'DELETE', 'logged-models/$tree/tags/x'),
  post('log parameters of it', 'logged-models/$tree/params', {
    model_id: '$tree',
    params: [{ key: 'leaves', value: '9' }],
  }),
  post('log a metric of it', 'runs/log-metric', {
    run_id: '$maker',
    key: 'auc',
    value: 0.8,
    timestamp: 1,
    step: 1,
    model_id: '$tree',
    dataset_name: 'iris',
    dataset_digest: 'abc',
  }),
  post('log a batch of it', 'runs/log-batch', {
    run_id: '$maker',
    metrics: [{ key: 'auc', value: 0.9, timestamp: 2, step: 2, model_id: '$tree' }],
  }),
  post('the run made it', 'runs/outputs', { run_id: '$maker', models: [{ model_id: '$tree', step: 2 }] }),
  post('the run read it', 'runs/log-inputs', { run_id: '$maker', models: [{ model_id: '$other' }] }),
  get('get the run that made it', 'runs/get', { run_id: '$maker' }),
  get('get the logged model with all', 'logged-models/$tree'),
  post('find logged models', 'logged-models/search', {
    experiment_ids: ['$models'],
    order_by: [{ field_name: 'creation_time', ascending: true }],
  }),
  post('find logged models by name', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: "name = 'tree'",
  }),
  post('find logged models by type', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: "model_type = 'sklearn' AND status = 'READY'",
  }),
  post('find logged models by a tag', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: "tags.team = 'b'",
  }),
  post('find logged models by a parameter', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: "params.depth = '3'",
  }),
  post('find logged models by a metric', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: 'metrics.auc > 0.85',
  }),
  post('find logged models by a dataset', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: 'metrics.auc > 0.5',
    datasets: [{ dataset_name: 'iris', dataset_digest: 'abc' }],
  }),
  post('find a page of logged models', 'logged-models/search', {
    experiment_ids: ['$models'],
    max_results: 1,
  }),
  get('no such logged model', `logged-models/${NONE}`),
  post('a logged model of no experiment', 'logged-models', { experiment_id: '999999', name: 'x' }),
  post('a logged model without an experiment', 'logged-models', { name: 'x' }),
  post('a logged model with a name that is a path', 'logged-models', {
    experiment_id: '$models',
    name: 'a/b',
  }),
  send('no such logged model is ready', 'PATCH', `logged-models/${NONE}`, {
    model_id: NONE,
    status: 'LOGGED_MODEL_READY',
  }),
  send('tag no logged model', 'PATCH', `logged-models/${NONE}/tags`, { tags: [{ key: 'a', value: 'b' }] }),
  send('take away no tag of it', 'DELETE', 'logged-models/$tree/tags/none'),
  post('another value of its parameter', 'logged-models/$tree/params', {
    model_id: '$tree',
    params: [{ key: 'depth', value: '4' }],
  }),
  post('parameters of no logged model', `logged-models/${NONE}/params`, {
    model_id: NONE,
    params: [{ key: 'a', value: 'b' }],
  }),
  post('find logged models with OR', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: "name = 'a' OR name = 'b'",
  }),
  post('find logged models by what they have not', 'logged-models/search', {
    experiment_ids: ['$models'],
    filter: "colour = 'a'",
  }),
  post('find logged models of no experiment', 'logged-models/search', {}),
  post('outputs of no run', 'runs/outputs', {
    run_id: 'x'.repeat(32),
    models: [{ model_id: '$tree', step: 0 }],
  }),
];

const put = (name: string, path: string, body = 'hello'): RecordedCall => ({
  name,
  method: 'PUT',
  path: `${FILES}/${path}`,
  body,
  type: 'text/plain',
});

const artifacts: readonly RecordedCall[] = [
  get('list no artifacts', 'artifacts/list', { run_id: '$maker' }),
  put('put a file', '$models/$maker/artifacts/a.txt'),
  put('put a file in a folder', '$models/$maker/artifacts/deep/er/b%20c.txt', 'two'),
  put('put it again', '$models/$maker/artifacts/a.txt', 'hello!'),
  get('list artifacts', 'artifacts/list', { run_id: '$maker' }),
  get('list a folder', 'artifacts/list', { run_id: '$maker', path: 'deep/er' }),
  get('list a file', 'artifacts/list', { run_id: '$maker', path: 'a.txt' }),
  get('list a folder that is none', 'artifacts/list', { run_id: '$maker', path: 'none' }),
  get('list a way out', 'artifacts/list', { run_id: '$maker', path: '../..' }),
  get('list artifacts of no run', 'artifacts/list', { run_id: 'x'.repeat(32) }),
  get('list below the proxy', FILES, { path: '$models/$maker/artifacts' }),
  get('list a folder below the proxy', FILES, { path: '$models/$maker/artifacts/deep' }),
  get('list a file below the proxy', FILES, { path: '$models/$maker/artifacts/a.txt' }),
  get('list nothing below the proxy', FILES, { path: '$models/none' }),
  get('list a way out below the proxy', FILES, { path: '../..' }),
  get('get a file', `${FILES}/$models/$maker/artifacts/a.txt`),
  get('get a file with a space', `${FILES}/$models/$maker/artifacts/deep/er/b%20c.txt`),
  get('get a file of a run', '/get-artifact', { run_id: '$maker', path: 'a.txt' }),
  get('get no file', `${FILES}/$models/$maker/artifacts/none.txt`),
  get('get no file of a run', '/get-artifact', { run_id: '$maker', path: 'none.txt' }),
  get('get a way out', `${FILES}/$models/..%2f..%2fetc%2fpasswd`),
  get('get a way out of a run', '/get-artifact', { run_id: '$maker', path: '../../../etc/passwd' }),
  put('put a way out', '$models/..%2f..%2fx'),
  put('put with a backslash', '$models/a%5c..%5cb'),
  put('put a file of a logged model', '$models/models/$tree/artifacts/MLmodel', 'flavors: {}'),
  get('list files of a logged model', 'logged-models/$tree/artifacts/directories'),
  get('list files of no logged model', `logged-models/${NONE}/artifacts/directories`),
  post('begin an upload in parts', '/api/2.0/mlflow-artifacts/mpu/create/$models/$maker/artifacts/p', {
    path: 'p',
    num_parts: 2,
  }),
  send('delete a file', 'DELETE', `${FILES}/$models/$maker/artifacts/a.txt`, ''),
  get('list artifacts after that', 'artifacts/list', { run_id: '$maker' }),
  get('get the deleted file', `${FILES}/$models/$maker/artifacts/a.txt`),
  send('delete a folder', 'DELETE', `${FILES}/$models/$maker/artifacts/deep`, ''),
  send('delete a way out', 'DELETE', `${FILES}/..%2f..%2fx`, ''),
  get('list artifacts at last', 'artifacts/list', { run_id: '$maker' }),
  send('delete the logged model', 'DELETE', 'logged-models/$other'),
  send('delete the logged model again', 'DELETE', 'logged-models/$other'),
  get('get the deleted logged model', 'logged-models/$other'),
  post('find logged models without it', 'logged-models/search', { experiment_ids: ['$models'] }),
];

const server: readonly RecordedCall[] = [
  get('what the server is', '/api/3.0/mlflow/server-info'),
  get('its health', '/health'),
];

/** Every call of logged models and artifacts. */
export const modelCalls: readonly RecordedCall[] = [...server, ...models, ...artifacts];
