import { get, post, type RecordedCall } from './recorded-call.ts';

const long = (count: number): string => 'x'.repeat(count);

const experiments: readonly RecordedCall[] = [
  get('the default experiment', 'experiments/get', { experiment_id: '0' }),
  post(
    'make an experiment',
    'experiments/create',
    { name: 'first', tags: [{ key: 'team', value: 'a' }] },
    { first: 'experiment_id' },
  ),
  post('make another', 'experiments/create', { name: 'second' }, { second: 'experiment_id' }),
  post(
    'make one with a location',
    'experiments/create',
    { name: 'elsewhere', artifact_location: 's3://bucket/a/b' },
    { elsewhere: 'experiment_id' },
  ),
  get('get it', 'experiments/get', { experiment_id: '$first' }),
  get('get the one elsewhere', 'experiments/get', { experiment_id: '$elsewhere' }),
  get('get it by name', 'experiments/get-by-name', { experiment_name: 'first' }),
  post('rename it', 'experiments/update', { experiment_id: '$second', new_name: 'renamed' }),
  post('rename it to the same', 'experiments/update', { experiment_id: '$second', new_name: 'renamed' }),
  post('tag it', 'experiments/set-experiment-tag', { experiment_id: '$first', key: 'a b/c', value: 'ü' }),
  post('tag it again', 'experiments/set-experiment-tag', {
    experiment_id: '$first',
    key: 'a b/c',
    value: 'v',
  }),
  post('tag it for a while', 'experiments/set-experiment-tag', {
    experiment_id: '$first',
    key: 'gone',
    value: 'v',
  }),
  post('take that tag away', 'experiments/delete-experiment-tag', { experiment_id: '$first', key: 'gone' }),
  get('get its tags', 'experiments/get', { experiment_id: '$first' }),
  post('find experiments', 'experiments/search', { max_results: 10, order_by: ['name ASC'] }),
  get('find experiments by GET', 'experiments/search', {
    max_results: '10',
    order_by: 'name DESC',
    filter: "name LIKE 'r%'",
  }),
  post('find experiments by tag', 'experiments/search', { max_results: 10, filter: "tags.team = 'a'" }),
  post('find experiments by ilike', 'experiments/search', {
    max_results: 10,
    filter: "attribute.name ILIKE 'FIR%'",
  }),
  post('find a page of experiments', 'experiments/search', { max_results: 2, order_by: ['name'] }),
  post('find no experiments', 'experiments/search', { max_results: 10, filter: "name = 'none'" }),
  post('delete an experiment', 'experiments/delete', { experiment_id: '$second' }),
  get('get the deleted experiment', 'experiments/get', { experiment_id: '$second' }),
  get('get the deleted experiment by name', 'experiments/get-by-name', { experiment_name: 'renamed' }),
  post('find deleted experiments', 'experiments/search', { max_results: 10, view_type: 'DELETED_ONLY' }),
  post('a run in a deleted experiment', 'runs/create', { experiment_id: '$second' }),
  post('make a deleted name again', 'experiments/create', { name: 'renamed' }),
  post('restore it', 'experiments/restore', { experiment_id: '$second' }),
  get('get the restored experiment', 'experiments/get', { experiment_id: '$second' }),
];

const experimentFaults: readonly RecordedCall[] = [
  get('no such experiment', 'experiments/get', { experiment_id: '999999' }),
  get('no id of an experiment', 'experiments/get'),
  get('no such name', 'experiments/get-by-name', { experiment_name: 'zzz' }),
  get('no name to look for', 'experiments/get-by-name'),
  post('a name that is taken', 'experiments/create', { name: 'first' }),
  post('no name', 'experiments/create', {}),
  post('an empty name', 'experiments/create', { name: '' }),
  post('a name that is a number', 'experiments/create', { name: 123 }),
  post('a name too long', 'experiments/create', { name: long(501) }),
  post('a location with a way out', 'experiments/create', {
    name: 'out',
    artifact_location: 'mlflow-artifacts:/a/../../b',
  }),
  post('a location with a fragment', 'experiments/create', { name: 'out', artifact_location: 's3://a/b#c' }),
  post('tags that are no list', 'experiments/create', { name: 'odd', tags: 'x' }),
  post('rename none', 'experiments/update', { experiment_id: '999999', new_name: 'x' }),
  post('rename to nothing', 'experiments/update', { experiment_id: '$second' }),
  post('rename to a name that is taken', 'experiments/update', {
    experiment_id: '$second',
    new_name: 'first',
  }),
  post('delete none', 'experiments/delete', { experiment_id: '999999' }),
  post('delete without an id', 'experiments/delete', {}),
  post('restore none', 'experiments/restore', { experiment_id: '999999' }),
  post('tag none', 'experiments/set-experiment-tag', { experiment_id: '999999', key: 'a', value: 'b' }),
  post('tag without a value', 'experiments/set-experiment-tag', { experiment_id: '$first', key: 'a' }),
  post('tag with a key too long', 'experiments/set-experiment-tag', {
    experiment_id: '$first',
    key: long(251),
    value: 'b',
  }),
  post('tag with a key that is a path', 'experiments/set-experiment-tag', {
    experiment_id: '$first',
    key: '../x',
    value: 'b',
  }),
  post('take away a tag that is not there', 'experiments/delete-experiment-tag', {
    experiment_id: '$first',
    key: 'none',
  }),
  post('find too many experiments', 'experiments/search', { max_results: 50_001 }),
  post('find experiments without a limit', 'experiments/search', {}),
  post('find none of experiments', 'experiments/search', { max_results: 0 }),
  post('find experiments by what they have not', 'experiments/search', {
    max_results: 5,
    filter: "colour = 'x'",
  }),
  post('find experiments with OR', 'experiments/search', {
    max_results: 5,
    filter: "name = 'a' OR name = 'b'",
  }),
  post('find experiments in an order that is none', 'experiments/search', {
    max_results: 5,
    order_by: ['name SIDEWAYS'],
  }),
  post('find experiments from a token that is none', 'experiments/search', {
    max_results: 5,
    page_token: '!!',
  }),
  post('a body that is no JSON', 'experiments/create', '{"name":'),
  post('a body that is a list', 'experiments/create', '[1]'),
  { ...post('a body without a type', 'experiments/create', '{"name":"t"}'), type: '' },
  { ...post('a body of another type', 'experiments/create', '{"name":"t"}'), type: 'text/plain' },
  post('a call that is none', 'experiments/nothing', {}),
];

/** Every call of experiments. */
export const experimentCalls: readonly RecordedCall[] = [...experiments, ...experimentFaults];
