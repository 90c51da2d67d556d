import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemPorts } from '../../../test/ports.ts';
import type { Database } from '../../store/database.ts';
import { openSqlite } from '../../store/open-sqlite.ts';
import { MLFLOW_CALLS } from './mlflow-routes.ts';
import { type MlflowBed, openMlflowBed, type Reply } from './mlflow-testbed.ts';

/** Everything that a client can write. */
async function written(db: Database): Promise<number> {
  let count = 0;
  for (const table of [
    'experiment',
    'run',
    'run_metric',
    'run_param',
    'run_tag',
    'artifact',
    'trace',
    'span',
    'trace_tag',
    'trace_run',
    'assessment',
    'ledger',
  ] as const)
    count += (await db.query.selectFrom(table).selectAll().execute()).length;
  return count;
}

describe('what a client does wrong', () => {
  let bed: MlflowBed;
  let run_id: string;
  let atFirst: number;

  before(async () => {
    const db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
    bed = openMlflowBed(db);
    const { json } = await bed.call('POST', 'runs/create', { experiment_id: '0', start_time: 1 });
    run_id = json.run.info.run_id;
    atFirst = await written(db);
  });
  after(async () => {
    bed[Symbol.dispose]();
    await bed.db.close();
  });

  /** A refusal in MLflow's shape, with nothing written and nothing of the machine in it. */
  async function refused(reply: Promise<Reply>, what: string, status?: number): Promise<string> {
    const { status: came, json, text } = await reply;
    assert.ok(came >= 400 && came < 500, `${what}: ${came} ${text}`);
    if (status !== undefined) assert.equal(came, status, `${what}: ${text}`);
    assert.deepEqual(Object.keys(json), ['error_code', 'message'], what);
    assert.ok(!/tmp|sqlite|select|node_modules/i.test(json.message.replaceAll(what, '')), text);
    assert.equal(await written(bed.db), atFirst, `${what} wrote something`);
    return json.message;
  }

  it('answers the texts that clients and their tests look for', async () => {
    assert.equal(
      await refused(bed.call('GET', 'experiments/get'), 'no id', 400),
      "Missing value for required parameter 'experiment_id'. " +
        'See the API docs for more information about request parameters.',
    );
    assert.equal(
      await refused(bed.call('POST', 'experiments/create', { name: 123 }), 'a number', 400),
      "Invalid value 123 for parameter 'name' supplied:  Hint: Value was of type 'int'. " +
        'See the API docs for more information about request parameters.',
    );
    const byName = bed.call('GET', 'experiments/get-by-name', { experiment_name: 'zzz' });
    assert.equal(await refused(byName, 'a name', 404), "Could not find experiment with name 'zzz'");
    const search = { experiment_ids: ['0'], page_token: '#' };
    assert.equal(
      await refused(bed.call('POST', 'runs/search', search), 'a token', 400),
      'Invalid page token, could not base64-decode',
    );
  });

  it('refuses fields that are too long, missing, of another type, twice', async () => {
    const m = { run_id, key: 'm', value: 1, timestamp: 1 };
    const bodies: readonly (readonly [string, object])[] = [
      ['runs/log-metric', { ...m, key: 'k'.repeat(251) }],
      ['runs/log-metric', { ...m, key: '' }],
      ['runs/log-metric', { ...m, key: '../x' }],
      ['runs/log-metric', { ...m, key: 'a//b' }],
      ['runs/log-metric', { ...m, key: '/a' }],
      ['runs/log-metric', { ...m, key: 'a\u0000' }],
      ['runs/log-metric', { ...m, key: "a' or 1=1" }],
      ['runs/log-metric', { ...m, value: 'much' }],
      ['runs/log-metric', { ...m, value: true }],
      ['runs/log-metric', { ...m, value: null }],
      ['runs/log-metric', { ...m, value: [1] }],
      ['runs/log-metric', { ...m, timestamp: 1.5 }],
      ['runs/log-metric', { ...m, timestamp: '12x' }],
      ['runs/log-metric', { ...m, step: 2 ** 60 }],
      ['runs/log-metric', { ...m, run_id: undefined }],
      ['runs/log-metric', { ...m, run_id: 'x'.repeat(300) }],
      ['runs/log-metric', { ...m, run_id: 'none' }],
      ['runs/log-metric', { ...m, run_id: "' or '1'='1" }],
      ['runs/log-parameter', { run_id, key: 'p' }],
      ['runs/log-batch', { run_id, metrics: 'many' }],
      ['runs/log-batch', { run_id, metrics: [1] }],
      ['runs/log-batch', { run_id, metrics: [{ key: 'a', value: 1, timestamp: 1 }, { key: 'b' }] }],
      [
        'runs/log-batch',
        {
          run_id,
          params: [
            { key: 'p', value: '1' },
            { key: 'p', value: '1' },
          ],
        },
      ],
      [
        'runs/log-batch',
        {
          run_id,
          tags: [
            { key: 't', value: '1' },
            { key: 't', value: '2' },
          ],
        },
      ],
      ['runs/log-batch', { run_id, params: many(101, (i) => ({ key: `p${i}`, value: '' })) }],
      ['runs/log-batch', { run_id, metrics: many(1_001, (i) => ({ key: 'm', value: i, timestamp: i })) }],
      ['runs/create', { experiment_id: '99' }],
      ['runs/create', { experiment_id: '../0' }],
      ['runs/create', { experiment_id: '0', run_name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] }],
      ['runs/update', { run_id: 'none', status: 'FINISHED' }],
      ['runs/set-tag', { run_id, key: 'a\\..\\b', value: '' }],
      ['runs/search', { experiment_ids: ['0'], max_results: 50_001 }],
      ['runs/search', { experiment_ids: ['0'], max_results: 0 }],
      ['runs/search', { experiment_ids: ['0'], order_by: ['metrics.a sideways'] }],
      ['experiments/create', { name: ' ' }],
      ['experiments/create', { name: 'n'.repeat(501) }],
      ['experiments/create', { name: 'Default' }],
      ['experiments/create', { name: 'x', artifact_location: 'file:///a/../../etc' }],
      ['experiments/create', { name: 'x', artifact_location: 's3://b/a?x#y' }],
      ['experiments/create', { name: 'x', artifact_location: 's3://b/a;x/%2e%2e' }],
      ['logged-models', { experiment_id: '0', name: '../x' }],
    ];
    for (const [path, body] of bodies)
      await refused(bed.call('POST', path, { ...body }), JSON.stringify(body).slice(0, 200));
  });

  it('refuses bodies that are no JSON object, without a type, and too deep', async () => {
    const at = '/api/2.0/mlflow/runs/log-metric';
    const bare = `{"run_id":"${run_id}","key":"m","value":NaN,"timestamp":1}`;
    for (const body of [bare, '', '[]', 'null', '"x"', '{', '\ud800', '[['.repeat(1_000_000)])
      await refused(bed.send('POST', at, body), body.slice(0, 20), 400);
    await refused(bed.send('POST', at, new Uint8Array([0x7b, 0xff, 0x7d])), 'no UTF-8', 400);
    const good = JSON.stringify({ run_id, key: 'm', value: 1, timestamp: 1 });
    await refused(bed.send('POST', at, good, {}), 'no content type', 400);
    await refused(bed.send('POST', at, good, { 'content-type': 'text/plain' }), 'another type', 400);
    await refused(bed.call('POST', 'runs/log-metric', { ['__proto__']: { run_id } }), 'a prototype', 400);
  });

  it('refuses filters that say more or other than they may', async () => {
    const filters = [
      'metrics.a > 1 OR metrics.b > 1',
      '(metrics.a > 1)',
      "metrics.a > '1'",
      'params.a = 1',
      "params.a > '1'",
      "params.a = 'x",
      "tags.a = 'x' AND",
      "AND tags.a = 'x'",
      "secrets.a = 'x'",
      "attributes.password = 'x'",
      "run_id IN 'x'",
      "run_id IN ('x', 1)",
      'run_id IN ()',
      'metrics.a = 1; drop table run',
      'metrics.a',
      '= 1',
      `${"tags.a = 'x' AND ".repeat(60)}tags.a = 'x'`,
      `tags.a LIKE '${'%a'.repeat(100)}'`,
      'x'.repeat(60_000),
    ];
    for (const filter of filters)
      await refused(
        bed.call('POST', 'runs/search', { experiment_ids: ['0'], filter }),
        filter.slice(0, 100),
        400,
      );
    const quoted = { experiment_ids: ['0'], filter: "tags.a = 'x'' or 1=1 --'" };
    assert.deepEqual((await bed.call('POST', 'runs/search', quoted)).json, {});
  });

  it('declares every call with a permission of its own', () => {
    for (const { method, path, permission } of MLFLOW_CALLS) {
      assert.notEqual(permission, 'public', `${method} ${path}`);
      const reads = /\/(?:search|search-datasets|get-latest-versions|presigned-download-url)$/;
      const writes = method !== 'GET' && !reads.test(path);
      const usual = writes ? 'model.write' : 'model.read';
      assert.equal(
        permission,
        path.startsWith('/mlflow/webhooks') ? 'webhook.manage' : usual,
        `${method} ${path}`,
      );
    }
  });
});

/** Classes of holes that MLflow had, each with numbers of theirs. */
describe('paths of artifacts', () => {
  const tricks: Readonly<Record<string, string>> = {
    'CVE-2023-1177 parent folders': '1/r/artifacts/../../../etc/passwd',
    'CVE-2023-2780 back slashes': '1\\..\\..\\x',
    'CVE-2023-3765 drive letters': 'C:/windows/x',
    'CVE-2023-6909 fragments': '1/r/x#/../../y',
    'CVE-2024-1560 decoded twice': '1/r/%2e%2e/%2e%2e/x',
    'CVE-2024-1594 queries': '1/r/x?/../y',
    'CVE-2024-2928 encoded slashes': '1/r/..%2f..%2fx',
    'CVE-2023-6831 deletes': '..',
    'CVE-2023-6015 absolute': '/etc/cron.d/x',
    'an empty name': '1//x',
    'a dot': '1/./x',
    'U+0000': '1/r/x\u0000.txt',
    'a control character': '1/r/x\n',
    'too long': `1/${'x'.repeat(1_100)}`,
  };

  it('are refused wherever a path is taken, and nothing is written', async () => {
    const db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
    using bed = openMlflowBed(db);
    const { json } = await bed.call('POST', 'runs/create', { experiment_id: '0' });
    const run_id = json.run.info.run_id;
    const at = '/api/2.0/mlflow-artifacts/artifacts';
    const headers = { 'content-type': 'application/json', host: 'localhost' };
    for (const [what, path] of Object.entries(tricks)) {
      // The bed cuts a target at `?`; the listener would hand over what was encoded there.
      const coded = path.replaceAll('?', '%3f');
      const asked = encodeURIComponent(path);
      const replies = [
        await bed.send('PUT', `${at}/${coded}`, 'x'),
        await bed.send('GET', `${at}/${coded}`),
        await bed.send('DELETE', `${at}/${coded}`),
        await bed.send('POST', `/api/2.0/mlflow-artifacts/mpu/create/${coded}`, '{"path":"x"}', headers),
        await bed.send('GET', `${at}?path=${asked}`),
        await bed.call('GET', 'artifacts/list', { run_id, path }),
        await bed.send('GET', `/get-artifact?run_id=${run_id}&path=${asked}`),
        await bed.send('POST', `/ajax-api/2.0/mlflow/upload-artifact?run_id=${run_id}&path=${asked}`, 'x'),
      ];
      for (const [index, { status, text }] of replies.entries())
        assert.equal(status, 400, `${what} ${index}: ${text}`);
    }
    assert.deepEqual(await db.query.selectFrom('artifact').selectAll().execute(), []);
    await db.close();
  });
});

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
