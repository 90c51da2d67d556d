import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { FIXTURE_EVIDENCE, FIXTURE_NOW_MS } from './fixture-evidence.ts';
import { answerLoop } from './answer-loop.ts';
import { evidenceOf, fixtureBoard } from './fixture-board.ts';
import type { FixtureBoard } from './fixture-board.ts';
import { fixtureLoop } from './fixture-loop.ts';
import type { FixtureLoop } from './fixture-loop.ts';

/** The policy of the real server: nothing inline, nothing from elsewhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Name and password that the fixture takes. */
export const FIXTURE_ACCOUNT = { name: 'dana', password: 'correct horse' };

export interface FixtureServer {
  readonly url: string;
  readonly board: FixtureBoard;
  readonly loop: FixtureLoop;
  /** Bodies of the calls that decided something, in order. */
  readonly decisions: readonly { readonly path: string; readonly body: unknown }[];
  /** Sends a change to every listener. */
  readonly emit: (change: unknown) => void;
  /** Breaks every stream, as a restart of the server does. */
  readonly dropStreams: () => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

interface FixtureOptions {
  /** Folder of the built board. */
  readonly dist: string;
  readonly board?: FixtureBoard;
  /** Ask for sign-in first. */
  readonly signIn?: boolean;
  /** 0: any free port. */
  readonly port?: number;
}

/** Serves the built board and an API of the same shapes as the control plane's, from memory, on loopback. */
export async function startFixtureServer(options: FixtureOptions): Promise<FixtureServer> {
  const board = options.board ?? fixtureBoard();
  const loop = fixtureLoop();
  const streams = new Set<ServerResponse>();
  const decisions: { path: string; body: unknown }[] = [];
  const session = { signedIn: options.signIn !== true };

  function emit(change: unknown): void {
    for (const stream of streams) stream.write(`data: ${JSON.stringify(change)}\n\n`);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://fixture');
    const { method = 'GET' } = request;
    if (!path.startsWith('/api/tend/v1/')) return staticFile(options.dist, path, response);
    const rest = path.slice('/api/tend/v1/'.length);
    const body = await bodyOf(request);
    if (rest === 'server')
      return json(response, 200, serverAnswer(options.signIn === true, session.signedIn));
    if (rest === 'session') {
      const right = JSON.stringify(body) === JSON.stringify(FIXTURE_ACCOUNT);
      session.signedIn = request.method === 'POST' && right;
      if (request.method === 'DELETE' || right) return json(response, 200, session);
      return problem(response, 401, 'NOT_SIGNED_IN', 'Name or password is wrong.');
    }
    if (!session.signedIn) return problem(response, 401, 'NOT_SIGNED_IN', 'Sign in first.');
    if (rest === 'changes') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': open\n\n');
      streams.add(response);
      request.on('close', () => streams.delete(response));
      return;
    }
    const found = /^approvals\/([^/]+)\/(approve|reject)$/.exec(rest);
    if (found !== null && request.method === 'POST') {
      decisions.push({ path: rest, body });
      board.items = board.items.filter((item) => item.id !== found[1]);
      emit({ kind: 'inbox' });
      return json(response, 200, { id: found[1], state: `${found[2]}d` });
    }
    const known = answerLoop(loop, { method, path: rest, query, body });
    if (known !== undefined && method === 'POST') decisions.push({ path: rest, body });
    return json(response, ...(known ?? readAnswer(board, rest)));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => problem(response, 500, 'INTERNAL', String(error)));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('expected the server to listen on a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    board,
    loop,
    decisions,
    emit,
    dropStreams: () => {
      for (const stream of streams) stream.destroy();
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readAnswer(board: FixtureBoard, rest: string): [number, unknown] {
  if (rest === 'status') {
    return [
      200,
      {
        projects: board.projects.map((project) => ({
          ...project,
          stages: project.stages.map((stage) => ({
            ...stage,
            evidence: evidenceOf(project.name, stage.stage).map(
              ({ id, kind, subject, hash, title, verdict }) => ({
                id,
                kind,
                subject,
                hash,
                title,
                verdict,
              }),
            ),
          })),
        })),
      },
    ];
  }
  if (rest === 'inbox') return [200, { items: board.items }];
  const [, project, name] = /^projects\/([^/]+)\/stages\/([^/]+)$/.exec(rest) ?? [];
  const stage = board.projects.find((one) => one.name === project)?.stages.find((one) => one.stage === name);
  if (project !== undefined && stage !== undefined) {
    const evidence = evidenceOf(project, stage.stage);
    return [200, { project, ...stage, updatedAt: evidence.length === 0 ? null : FIXTURE_NOW_MS, evidence }];
  }
  const evidence = FIXTURE_EVIDENCE.find(({ id }) => rest === `evidence/${id}`);
  return evidence === undefined
    ? [404, { code: 'NOT_FOUND', detail: `There is no ${rest}.` }]
    : [200, evidence];
}

function serverAnswer(signInNeeded: boolean, signedIn: boolean): unknown {
  const principal = {
    kind: signInNeeded ? 'account' : 'loopback',
    id: 'dana',
    name: 'dana',
    roles: ['admin'],
  };
  return { version: '0.1.0', dataPlane: null, signedIn, principal, signInNeeded };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  // No encoding is set, so chunks are bytes.
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  json(response, status, { code, detail, status, title: code, hint: '' });
}

async function staticFile(dist: string, path: string, response: ServerResponse): Promise<void> {
  const asked = normalize(path);
  const file = extname(asked) === '' ? join(dist, 'index.html') : join(dist, asked);
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) return problem(response, 404, 'NOT_FOUND', `There is no ${asked}.`);
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
  });
  response.end(content);
}
