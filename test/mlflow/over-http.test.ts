import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ask } from '../../src/http/http-testbed.ts';
import { type MlflowServer, startMlflowServer } from './run-client.ts';
import { streamLargeFile } from './stream-large-file.ts';

const PASSWORD = 'correct horse battery';
const BASIC = `Basic ${Buffer.from(`root:${PASSWORD}`).toString('base64')}`;
const JSON_TYPE = { 'content-type': 'application/json' };
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';

/** Sent by a client that does not hold it in memory either. */
const LARGE_BYTES = 300 * 1024 * 1024;
/** What a server may grow by while the large file goes through: buffers, and a heap that is not yet swept. */
const GROWTH_BYTES = 150 * 1024 * 1024;

describe('MLflow over HTTP', () => {
  let mlflow: MlflowServer;
  let port: number;
  before(async () => {
    mlflow = await startMlflowServer({ TEND_ADMIN_USER: 'root', TEND_ADMIN_PASSWORD: PASSWORD });
    port = Number(new URL(mlflow.url).port);
  });
  after(() => mlflow[Symbol.asyncDispose]());

  const send = (method: string, path: string, body?: string | Uint8Array, headers = {}) =>
    ask({ port }, method, path, {
      headers: { authorization: BASIC, ...JSON_TYPE, ...headers },
      ...(body === undefined ? {} : { body }),
    });

  it('says no in its own words: no sign-in, no endpoint, too large', async () => {
    const anonymous = await ask({ port }, 'GET', '/api/2.0/mlflow/experiments/search');
    assert.deepEqual([anonymous.status, anonymous.json.error_code], [401, 'UNAUTHENTICATED']);
    assert.equal(anonymous.headers['www-authenticate'], 'Basic realm="mlflow"');
    for (const path of [
      '/api/2.0/mlflow/nothing',
      '/api/3.0/x',
      '/ajax-api/2.0/mlflow/y',
      '/ajax-api/3.0/z',
    ]) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status, json } = await send(
          method,
          path,
          method === 'GET' || method === 'DELETE' ? undefined : '{}',
        );
        assert.deepEqual([status, json.error_code], [404, 'ENDPOINT_NOT_FOUND'], `${method} ${path}`);
      }
    }
    const large = `{"name":"${'x'.repeat(1_000_000)}"}`;
    const { status, json } = await send('POST', '/api/2.0/mlflow/experiments/create', large);
    assert.deepEqual([status, json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
  });

  it('tells its version as text, and what it is, to anybody', async () => {
    const version = await ask({ port }, 'GET', '/version');
    assert.match(version.text, /^3\.\d+\.\d+$/);
    for (const prefix of ['/api', '/ajax-api']) {
      const info = await ask({ port }, 'GET', `${prefix}/3.0/mlflow/server-info`);
      assert.equal(info.json.workspaces_enabled, false);
    }
    assert.equal((await ask({ port }, 'GET', '/health')).status, 200);
  });

  it('takes tokens and passwords of the same accounts as all else', async () => {
    const made = await send('POST', '/api/tend/v1/tokens', '{"name":"ci"}');
    const bearer = { authorization: `Bearer ${made.json.secret}` };
    const { status, text } = await send(
      'GET',
      '/api/2.0/mlflow/experiments/get?experiment_id=0',
      undefined,
      bearer,
    );
    assert.equal(status, 200, text);
  });

  it('lets a role and a token that read do no more, at either prefix, streamed or not', async () => {
    const viewer = { name: 'viewer', roles: ['viewer'], password: PASSWORD };
    assert.equal((await send('POST', '/api/tend/v1/accounts', JSON.stringify(viewer))).status, 200);
    const token = await send('POST', '/api/tend/v1/tokens', '{"name":"eye","scopes":["model.read"]}');
    const basic = (name: string, password: string): string =>
      `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
    const readers = [
      basic('viewer', PASSWORD),
      `Bearer ${token.json.secret}`,
      basic('anybody', token.json.secret),
    ];
    for (const authorization of readers) {
      const may = await send('GET', '/ajax-api/2.0/mlflow/experiments/search', undefined, { authorization });
      assert.equal(may.status, 200, may.text);
      for (const prefix of ['/api', '/ajax-api']) {
        const writes: readonly [string, string][] = [
          ['POST', `${prefix}/2.0/mlflow/experiments/create`],
          ['POST', `${prefix}/2.0/mlflow/runs/log-batch`],
          ['PATCH', `${prefix}/2.0/mlflow/logged-models/m-1`],
          ['POST', `${prefix}/2.0/mlflow/registered-models/create`],
          ['DELETE', `${prefix}/2.0/mlflow/registered-models/delete`],
          ['POST', `${prefix}/2.0/mlflow/registered-models/alias`],
          ['POST', `${prefix}/2.0/mlflow/model-versions/create`],
          ['POST', `${prefix}/2.0/mlflow/model-versions/transition-stage`],
          ['POST', `${prefix}/2.0/mlflow/webhooks`],
          ['POST', `${prefix}/2.0/mlflow-artifacts/mpu/create/1/x`],
          ['POST', `${prefix}/2.0/mlflow-artifacts/mpu/complete/1/x`],
          ['POST', `${prefix}/3.0/mlflow/datasets/create`],
          ['POST', `${prefix}/3.0/mlflow/datasets/d-1/records`],
          ['DELETE', `${prefix}/3.0/mlflow/datasets/d-1`],
          ['POST', `${prefix}/3.0/mlflow/scorers/register`],
          ['PUT', `${prefix}/3.0/mlflow/scorers/online-config`],
          ['PUT', `${prefix}/2.0/mlflow-artifacts/artifacts/1/x`],
          ['DELETE', `${prefix}/2.0/mlflow-artifacts/artifacts/1/x`],
          ['POST', '/ajax-api/2.0/mlflow/upload-artifact?run_id=1&path=x'],
          ['POST', '/v1/traces'],
          ['POST', `${prefix}/3.0/mlflow/traces`],
          ['POST', `${prefix}/3.0/mlflow/traces/tr-1/assessments`],
          ['PATCH', `${prefix}/2.0/mlflow/traces/tr-1/tags`],
          ['POST', `${prefix}/2.0/mlflow/traces/delete-traces`],
        ];
        for (const [method, path] of writes) {
          const body = method === 'DELETE' ? undefined : '{"name":"not theirs"}';
          const { status, json } = await send(method, path, body, { authorization });
          assert.deepEqual([status, json.error_code], [403, 'PERMISSION_DENIED'], `${method} ${path}`);
        }
      }
    }
    const kept = await send('GET', `${ARTIFACTS}/1/x`);
    assert.equal(kept.status, 404);
  });

  it('refuses paths that lead elsewhere, whatever their spelling', async () => {
    const tricks = [
      '..%2f..%2fetc',
      '%2e%2e/x',
      '%252e%252e%252fx',
      'a%5cb',
      'a%00b',
      'a%23b',
      'a%3fb',
      'c:/x',
      '%2fetc',
    ];
    for (const trick of tricks) {
      for (const method of ['PUT', 'GET', 'DELETE']) {
        const { status, json, text } = await send(
          method,
          `${ARTIFACTS}/${trick}`,
          method === 'PUT' ? 'x' : undefined,
        );
        assert.equal(status, 400, `${method} ${trick} ${text}`);
        assert.equal(json.error_code, 'INVALID_PARAMETER_VALUE');
      }
    }
    const listed = await send('GET', ARTIFACTS);
    assert.deepEqual(listed.json, {});
  });

  it('keeps nothing of an upload that was cut off', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const head = `PUT ${ARTIFACTS}/cut/off HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${BASIC}\r\n`;
    socket.write(`${head}Content-Length: 1000\r\n\r\nonly this`);
    await new Promise((resolve) => socket.write('.', resolve));
    socket.destroy();
    assert.equal((await send('GET', `${ARTIFACTS}/cut/off`)).status, 404);
    assert.deepEqual((await send('GET', ARTIFACTS)).json, {});
  });

  it('sends what somebody uploaded as a file, never as a page', async () => {
    const html = { 'content-type': 'text/html' };
    assert.equal((await send('PUT', `${ARTIFACTS}/1/x.html`, '<script>alert(1)</script>', html)).status, 200);
    const { headers, text } = await send('GET', `${ARTIFACTS}/1/x.html`);
    assert.equal(text, '<script>alert(1)</script>');
    assert.equal(headers['content-type'], 'application/octet-stream');
    assert.match(String(headers['content-disposition']), /^attachment/);
    assert.match(String(headers['content-security-policy']), /sandbox/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('streams a large file up and down in flat memory', async () => {
    const path = `${ARTIFACTS}/1/large`;
    const seen = await streamLargeFile(mlflow, path, LARGE_BYTES, { authorization: BASIC });
    assert.deepEqual([seen.status, seen.receivedBytes], [200, LARGE_BYTES]);
    assert.ok(seen.grownBytes < GROWTH_BYTES, `grew by ${(seen.grownBytes / 2 ** 20).toFixed(0)} MB`);
  });
});
