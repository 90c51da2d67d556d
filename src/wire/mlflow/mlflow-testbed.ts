import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts } from '../../../test/ports.ts';
import { asTendError } from '../../kernel/error.ts';
import { createEgressPolicy } from '../../engine/egress-policy.ts';
import { SYSTEM } from '../../kernel/policy.ts';
import type { Route, RouteResponse } from '../../kernel/route.ts';
import { rolePolicy } from '../../lifecycle/governance/index.ts';
import { REGISTRY_EVENTS } from '../../lifecycle/training/registry/registry-event.ts';
import { type BlobStore, openBlobStore } from '../../store/blob.ts';
import type { Database } from '../../store/database.ts';
import type { MlflowPorts } from './mlflow-context.ts';
import { mlflowWebhookFormat } from './webhooks/mlflow-webhook-format.ts';
import { mlflowRoutes } from './mlflow-routes.ts';

/** What came back; `json` is the parsed body, of whatever shape. */
export interface Reply {
  readonly status: number;
  readonly json: ReturnType<typeof JSON.parse>;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The routes of the protocol on a database, without a listener. */
export interface MlflowBed extends Disposable {
  readonly db: Database;
  readonly blobs: BlobStore;
  /** Calls below `/api/2.0/mlflow/`; a GET sends its input as a query. */
  readonly call: (
    method: Route['method'],
    path: string,
    input?: Readonly<Record<string, unknown>>,
  ) => Promise<Reply>;
  /** Sends these bytes to a path, as they are; the path is that of a request, decoded once. */
  readonly send: (
    method: Route['method'],
    path: string,
    body?: string | Uint8Array,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Reply>;
}

/** Opens the routes on a database; blobs go to a folder of their own. */
export function openMlflowBed(db: Database): MlflowBed {
  const dir = mkdtempSync(join(tmpdir(), 'tend-mlflow-bed-'));
  const ports = portsOf(db, dir);
  const routes = mlflowRoutes(ports);
  const send: MlflowBed['send'] = async (method, path, body = '', headers = JSON_TYPE) => {
    const [target = '', query = ''] = path.split('?', 2);
    const found = find(routes, method, target);
    if (found === undefined) return { status: 404, json: undefined, text: 'no route', headers: {} };
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const request = {
      method,
      params: found.params,
      query: new URLSearchParams(query),
      headers,
      body: bytes,
      principal: SYSTEM,
      signal: new AbortController().signal,
    };
    return replyOf(
      await found.route.handler(request).catch((error: unknown) => {
        const refused = found.route.refuse?.(asTendError(error));
        if (refused === undefined || refused.status >= 500) throw error;
        return refused;
      }),
    );
  };
  return {
    db,
    blobs: ports.blobs,
    send,
    call: (method, path, input = {}) => {
      const at = `/api/2.0/mlflow/${path}`;
      if (method !== 'GET') return send(method, at, JSON.stringify(input));
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(input))
        for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
      return send(method, `${at}?${query.toString()}`);
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function portsOf(db: Database, dir: string): MlflowPorts {
  return {
    db,
    ...systemPorts,
    blobs: openBlobStore(join(dir, 'blobs')),
    stateDir: dir,
    policy: rolePolicy,
    egress: createEgressPolicy({ allow: '127.0.0.1/32' }),
    eventTypes: REGISTRY_EVENTS,
    formats: { mlflow: mlflowWebhookFormat },
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function replyOf({ status, headers = {}, body = '' }: RouteResponse): Promise<Reply> {
  let text = '';
  if (typeof body === 'string') text = body;
  else if (body instanceof Uint8Array) text = Buffer.from(body).toString('utf8');
  else for await (const chunk of body) text += Buffer.from(chunk).toString('utf8');
  return { status, headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
}

/** The most specific route, as the router takes it: fixed names before parameters before the rest. */
function find(routes: readonly Route[], method: string, path: string) {
  const fits = routes.flatMap((route) => {
    const names: string[] = [];
    const pattern = route.path
      .replaceAll(/[.]/g, '\\.')
      .replaceAll(/\{(\w+)\}|\*/g, (_all, name: string | undefined) => {
        names.push(name ?? '*');
        return name === undefined ? '(.*)' : '([^/]+)';
      });
    const match = route.method === method ? new RegExp(`^${pattern}$`, 's').exec(path) : null;
    if (match === null) return [];
    return [{ route, params: Object.fromEntries(names.map((name, i) => [name, match[i + 1] ?? ''])) }];
  });
  const vague = (path_: string): number =>
    path_.endsWith('*') ? 1_000 - path_.length : path_.split('{').length;
  return fits.toSorted((a, b) => vague(a.route.path) - vague(b.route.path))[0];
}
