import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { API_PREFIX, permissionTable } from '../http/permission-table.ts';
import { type HttpServer, serveHttp } from '../http/serve-http.ts';
import { rolePolicy } from '../lifecycle/governance/index.ts';
import { prometheusRoutes } from '../wire/prometheus/prometheus-routes.ts';
import { type App, type AppContext, compose, operations } from './compose.ts';
import { readConfig } from './config.ts';
import { systemClock } from './platform.ts';
import { VERSION } from './version.ts';

/** Everything that can be reached over HTTP. A line here is a decision: who adds a route adds its line. */
const REACHABLE = `
DELETE /session public
DELETE /tokens/{id} project.read
GET /* public
GET /accounts account.manage
GET /approvals project.read
GET /changes project.read
GET /endpoints model.read
GET /evidence/{id} project.read
GET /executions/{id}/events project.read
GET /health public
GET /inbox project.read
GET /ledger/export ledger.read
GET /me public
GET /metrics server.read
GET /models/{model}/versions model.read
GET /openapi.json public
GET /projects/{project}/stages/{stage} project.read
GET /ready public
GET /server public
GET /status project.read
GET /tokens project.read
PATCH /accounts/{name} account.manage
POST /accounts account.manage
POST /approvals/{id}/approve approval.give
POST /approvals/{id}/reject approval.give
POST /endpoints/{endpoint}/rollback endpoint.write
POST /projects/apply project.write
POST /projects/plan project.write
POST /projects/validate project.read
POST /session public
POST /tokens project.read`
  .trim()
  .split('\n');

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
      routes: prometheusRoutes({ db: app.db, version: VERSION }).routes,
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
    const routes = prometheusRoutes({ db: app.db, version: VERSION }).routes;
    const entries = permissionTable(operations, routes).map(
      ({ method, path, permission }) => `${method} ${path.replace(API_PREFIX, '')} ${permission}`,
    );
    assert.deepEqual(entries.toSorted(), REACHABLE.toSorted());
  });

  it('refuses everybody without credentials once an account has a password', async () => {
    for (const line of REACHABLE) {
      const [method = '', path = '', permission = ''] = line.split(' ');
      if (permission === 'public') continue;
      const prefix = path === '/metrics' ? '' : API_PREFIX;
      const headers = { 'content-type': 'application/json' };
      const body = method === 'GET' ? {} : { body: '{}' };
      const url = `${server.url}${prefix}${path.replaceAll(/\{\w+\}/g, 'x')}`;
      const answer = await fetch(url, { method, headers, ...body });
      assert.equal(answer.status, 401, line);
    }
  });

  it('answers 404 for what is not in it', async () => {
    const answer = await fetch(`${server.url}${API_PREFIX}/secrets`);
    assert.equal(answer.status, 404);
  });
});
