import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { API_PREFIX, permissionTable } from '../http/permission-table.ts';
import { type HttpServer, serveHttp } from '../http/serve-http.ts';
import { SYSTEM } from '../kernel/policy.ts';
import type { Route } from '../kernel/route.ts';
import { rolePolicy } from '../lifecycle/governance/index.ts';
import { prometheusRoutes } from '../wire/prometheus/prometheus-routes.ts';
import { type App, compose } from './compose.ts';
import { readConfig } from './config.ts';
import { type AppContext, operations } from './operations.ts';
import { systemClock } from './platform.ts';
import { serverRoutes } from './server-routes.ts';
import { VERSION } from './version.ts';

/** Everything that can be reached over HTTP. A line here is a decision: who adds a route adds its line. */
const REACHABLE = `
DELETE /session public
DELETE /tokens/{id} project.read
DELETE /webhooks/{id} webhook.manage
GET /* public
GET /accounts account.manage
GET /approvals project.read
GET /archives model.read
GET /archives/{id}/file archive.write
GET /archives/{id}/pieces archive.write
GET /changes project.read
GET /comments project.read
GET /datasets/{dataset}/sheet data.read
GET /datasets/{dataset}/sheet.html data.read
GET /datasets/{dataset}/sheet.md data.read
GET /endpoints model.read
GET /evidence/{id} project.read
GET /executions/{id}/events project.read
GET /health public
GET /inbox project.read
GET /incidents project.read
GET /incidents/{id} project.read
GET /ledger/export ledger.read
GET /me public
GET /metrics server.read
GET /models/{model}/card model.read
GET /models/{model}/card.html model.read
GET /models/{model}/card.md model.read
GET /models/{model}/versions model.read
GET /openapi.json public
GET /predictions/{id}/trace data.read
GET /projects/{project}/candidates model.read
GET /projects/{project}/clock project.read
GET /projects/{project}/monitors project.read
GET /projects/{project}/monitors/{monitor} project.read
GET /projects/{project}/predictions data.read
GET /projects/{project}/retrainings model.read
GET /projects/{project}/stages/{stage} project.read
GET /projects/{project}/timeline project.read
GET /ready public
GET /retirements model.read
GET /retrainings/{id} model.read
GET /runs/{run}/history model.read
GET /server public
GET /status project.read
GET /tokens project.read
GET /webhooks webhook.manage
GET /webhooks/{id}/deliveries webhook.manage
PATCH /accounts/{name} account.manage
POST /accounts account.manage
POST /actions/{id}/veto incident.write
POST /approvals/{id}/approve approval.give
POST /approvals/{id}/reject approval.give
POST /comments comment.write
POST /endpoints/{endpoint}/resume endpoint.write
POST /endpoints/{endpoint}/rollback endpoint.write
POST /endpoints/{endpoint}/stop endpoint.write
POST /endpoints/{endpoint}/throttle endpoint.write
POST /incidents/{id}/acknowledge incident.write
POST /incidents/{id}/resolve incident.write
POST /outcomes prediction.write
POST /projects/apply project.write
POST /projects/plan project.write
POST /projects/validate project.read
POST /projects/{project}/clock clock.write
POST /projects/{project}/retrainings model.write
POST /retirements archive.write
POST /session public
POST /tokens project.read
POST /webhooks webhook.manage
POST /webhooks/{id}/test webhook.manage`
  .trim()
  .split('\n');

/** MLflow's calls, each at `/api` and at `/ajax-api`. */
const MLFLOW_CALLS = `
DELETE /2.0/mlflow-artifacts/artifacts/* model.write
DELETE /2.0/mlflow/logged-models/{model_id} model.write
DELETE /2.0/mlflow/logged-models/{model_id}/tags/{tag_key} model.write
DELETE /2.0/mlflow/model-versions/delete model.write
DELETE /2.0/mlflow/model-versions/delete-tag model.write
DELETE /2.0/mlflow/registered-models/alias model.write
DELETE /2.0/mlflow/registered-models/delete model.write
DELETE /2.0/mlflow/registered-models/delete-tag model.write
DELETE /3.0/mlflow/datasets/{dataset_id} model.write
DELETE /3.0/mlflow/datasets/{dataset_id}/records model.write
DELETE /3.0/mlflow/datasets/{dataset_id}/tags/{key} model.write
DELETE /3.0/mlflow/scorers/delete model.write
GET /2.0/mlflow-artifacts/artifacts model.read
GET /2.0/mlflow-artifacts/artifacts/* model.read
GET /2.0/mlflow-artifacts/presigned/* model.read
GET /2.0/mlflow/artifacts/list model.read
GET /2.0/mlflow/experiments/get model.read
GET /2.0/mlflow/experiments/get-by-name model.read
GET /2.0/mlflow/experiments/search model.read
GET /2.0/mlflow/logged-models/{model_id} model.read
GET /2.0/mlflow/logged-models/{model_id}/artifacts/directories model.read
GET /2.0/mlflow/metrics/get-history model.read
GET /2.0/mlflow/metrics/get-history-bulk model.read
GET /2.0/mlflow/metrics/get-history-bulk-interval model.read
GET /2.0/mlflow/model-versions/get model.read
GET /2.0/mlflow/model-versions/get-download-uri model.read
GET /2.0/mlflow/model-versions/search model.read
GET /2.0/mlflow/registered-models/alias model.read
GET /2.0/mlflow/registered-models/get model.read
GET /2.0/mlflow/registered-models/get-latest-versions model.read
GET /2.0/mlflow/registered-models/search model.read
GET /2.0/mlflow/runs/get model.read
GET /2.0/mlflow/webhooks webhook.manage
GET /2.0/mlflow/webhooks/{webhook_id} webhook.manage
DELETE /2.0/mlflow/webhooks/{webhook_id} webhook.manage
PATCH /2.0/mlflow/webhooks/{webhook_id} webhook.manage
POST /2.0/mlflow/webhooks webhook.manage
POST /2.0/mlflow/webhooks/{webhook_id}/test webhook.manage
GET /3.0/mlflow/server-info public
PATCH /2.0/mlflow/logged-models/{model_id} model.write
PATCH /2.0/mlflow/logged-models/{model_id}/tags model.write
PATCH /2.0/mlflow/model-versions/update model.write
PATCH /2.0/mlflow/registered-models/update model.write
GET /3.0/mlflow/datasets/search model.read
GET /3.0/mlflow/datasets/{dataset_id} model.read
GET /3.0/mlflow/datasets/{dataset_id}/experiment-ids model.read
GET /3.0/mlflow/datasets/{dataset_id}/records model.read
GET /3.0/mlflow/scorers/get model.read
GET /3.0/mlflow/scorers/list model.read
GET /3.0/mlflow/scorers/online-configs model.read
GET /3.0/mlflow/scorers/versions model.read
PATCH /3.0/mlflow/datasets/{dataset_id}/tags model.write
POST /2.0/mlflow-artifacts/mpu/abort/* model.write
POST /2.0/mlflow-artifacts/mpu/complete/* model.write
POST /2.0/mlflow-artifacts/mpu/create/* model.write
POST /2.0/mlflow/artifacts/presigned-download-url model.read
POST /2.0/mlflow/artifacts/presigned-upload-url model.write
POST /2.0/mlflow/experiments/create model.write
POST /2.0/mlflow/experiments/delete model.write
POST /2.0/mlflow/experiments/delete-experiment-tag model.write
POST /2.0/mlflow/experiments/restore model.write
POST /2.0/mlflow/experiments/search model.read
POST /2.0/mlflow/experiments/search-datasets model.read
POST /2.0/mlflow/experiments/set-experiment-tag model.write
POST /2.0/mlflow/experiments/update model.write
POST /2.0/mlflow/logged-models model.write
POST /2.0/mlflow/logged-models/search model.read
POST /2.0/mlflow/logged-models/{model_id}/params model.write
POST /2.0/mlflow/model-versions/create model.write
POST /2.0/mlflow/model-versions/set-tag model.write
POST /2.0/mlflow/model-versions/transition-stage model.write
POST /2.0/mlflow/registered-models/alias model.write
POST /2.0/mlflow/registered-models/create model.write
POST /2.0/mlflow/registered-models/get-latest-versions model.read
POST /2.0/mlflow/registered-models/rename model.write
POST /2.0/mlflow/registered-models/set-tag model.write
POST /2.0/mlflow/runs/create model.write
POST /2.0/mlflow/runs/delete model.write
POST /2.0/mlflow/runs/delete-tag model.write
POST /2.0/mlflow/runs/log-batch model.write
POST /2.0/mlflow/runs/log-inputs model.write
POST /2.0/mlflow/runs/log-metric model.write
POST /2.0/mlflow/runs/log-model model.write
POST /2.0/mlflow/runs/log-parameter model.write
POST /2.0/mlflow/runs/outputs model.write
POST /2.0/mlflow/runs/restore model.write
POST /2.0/mlflow/runs/search model.read
POST /2.0/mlflow/runs/set-tag model.write
POST /2.0/mlflow/runs/update model.write
POST /3.0/mlflow/datasets/create model.write
POST /3.0/mlflow/datasets/search model.read
POST /3.0/mlflow/datasets/{dataset_id}/add-experiments model.write
POST /3.0/mlflow/datasets/{dataset_id}/records model.write
POST /3.0/mlflow/datasets/{dataset_id}/remove-experiments model.write
POST /3.0/mlflow/scorers/register model.write
PUT /2.0/mlflow-artifacts/artifacts/* model.write
PUT /2.0/mlflow-artifacts/mpu/parts/{upload_id}/{part_number} public
DELETE /2.0/mlflow/traces/{trace_id}/tags model.write
DELETE /3.0/mlflow/traces/{trace_id}/assessments/{assessment_id} model.write
DELETE /3.0/mlflow/traces/{trace_id}/tags model.write
GET /2.0/mlflow/traces model.read
GET /2.0/mlflow/traces/{trace_id}/info model.read
GET /3.0/mlflow/traces/batchGet model.read
GET /3.0/mlflow/traces/batchGetInfos model.read
GET /3.0/mlflow/traces/get model.read
GET /3.0/mlflow/traces/{trace_id} model.read
GET /3.0/mlflow/traces/{trace_id}/assessments/{assessment_id} model.read
PATCH /2.0/mlflow/traces/{trace_id} model.write
PATCH /2.0/mlflow/traces/{trace_id}/tags model.write
PATCH /3.0/mlflow/traces/{trace_id}/assessments/{assessment_id} model.write
PATCH /3.0/mlflow/traces/{trace_id}/tags model.write
POST /2.0/mlflow/traces model.write
POST /2.0/mlflow/traces/delete-traces model.write
POST /2.0/mlflow/traces/link-prompts model.write
POST /2.0/mlflow/traces/link-to-run model.write
POST /3.0/mlflow/traces model.write
POST /3.0/mlflow/traces/delete-traces model.write
POST /3.0/mlflow/traces/link-prompts model.write
POST /3.0/mlflow/traces/link-to-run model.write
POST /3.0/mlflow/traces/search model.read
POST /3.0/mlflow/traces/{trace_id}/assessments model.write
PUT /3.0/mlflow/scorers/online-config model.write`
  .trim()
  .split('\n');

/** What MLflow has at one place, and the answer to everything else below its prefixes. */
const MLFLOW_OTHERS = [
  'GET /ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files model.read',
  'GET /get-artifact model.read',
  'GET /model-versions/get-artifact model.read',
  'GET /version public',
  'POST /ajax-api/2.0/mlflow/upload-artifact model.write',
  'POST /v1/traces model.write',
  ...['/api', '/ajax-api'].flatMap((prefix) =>
    ['2.0', '3.0'].flatMap((version) =>
      ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((method) => `${method} ${prefix}/${version}/* public`),
    ),
  ),
];

const MLFLOW = [
  ...MLFLOW_OTHERS,
  ...MLFLOW_CALLS.flatMap((line) => ['/api', '/ajax-api'].map((prefix) => line.replace(' ', ` ${prefix}`))),
];

function routesOf(app: App): readonly Route[] {
  const metrics = prometheusRoutes({ db: app.db, version: VERSION });
  return serverRoutes(app.context(SYSTEM), metrics.routes);
}

describe('the permission table', () => {
  let folder: string;
  let app: App;
  let server: HttpServer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tend-table-'));
    const environment = { TEND_ADMIN_USER: 'root', TEND_ADMIN_PASSWORD: 'correct horse battery' };
    app = await compose(readConfig(environment, folder), { lasting: false, onFatal: assert.fail });
    server = await serveHttp<AppContext>({
      operations,
      routes: routesOf(app),
      context: (principal, _signal, exchange) => app.context(principal, exchange),
      authenticate: app.access.authenticate,
      policy: rolePolicy,
      clock: systemClock,
      host: '127.0.0.1',
      port: 0,
      version: VERSION,
    });
  });

  after(async () => {
    await server.close();
    await app[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists every operation and route with its permission, and nothing else is reachable', () => {
    const entries = permissionTable(operations, routesOf(app)).map(
      ({ method, path, permission }) => `${method} ${path.replace(API_PREFIX, '')} ${permission}`,
    );
    assert.deepEqual(entries.toSorted(), [...REACHABLE, ...MLFLOW].toSorted());
  });

  it('refuses everybody without credentials once an account has a password', async () => {
    for (const line of [...REACHABLE, ...MLFLOW]) {
      const [method = '', path = '', permission = ''] = line.split(' ');
      if (permission === 'public') continue;
      const prefix = path === '/metrics' || MLFLOW.includes(line) ? '' : API_PREFIX;
      const headers = { 'content-type': 'application/json' };
      const body = method === 'GET' ? {} : { body: '{}' };
      const url = `${server.url}${prefix}${path.replaceAll(/\{\w+\}|\*/g, 'x')}`;
      const answer = await fetch(url, { method, headers, ...body });
      assert.equal(answer.status, 401, line);
    }
  });

  it('answers 404 for what is not in it', async () => {
    const answer = await fetch(`${server.url}${API_PREFIX}/secrets`);
    assert.equal(answer.status, 404);
  });
});
