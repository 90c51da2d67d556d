import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One flight as the stub was asked about it, and when by the project clock. */
export interface AskedFlight {
  readonly row: number;
  readonly date: number;
  readonly names: string;
  readonly clock: number;
  /** How many outcomes were in when it was asked. */
  readonly outcomesBefore: number;
}

/** One outcome as the stub was told of it. */
export interface ToldOutcome {
  readonly key: number;
  readonly value: unknown;
  readonly at: number;
  /** How many flights had been answered by then. */
  readonly flightsBefore: number;
}

/** What a test may make the stub do. */
export interface StubFaults {
  /** What the n-th request for predictions meets, from 0: no answer though logged, a status, a cut line. */
  readonly onPrediction?: (n: number) => 'answer' | 'lose after' | 'lose before' | 503 | 429;
  /** How many polls the project is busy for after the clock came to `at`. */
  readonly busyPolls?: (at: number) => number;
}

/** Both planes as a replay sees them, which keep what they are told and do nothing else. */
export interface ReplayStub extends AsyncDisposable {
  readonly url: string;
  readonly flights: AskedFlight[];
  readonly outcomes: ToldOutcome[];
  /** Every moment the clock was moved to. */
  readonly moves: number[];
  /** Polls of the clock while the project was busy, and requests that came all the same. */
  readonly whileBusy: { polls: number; others: number };
  faults: StubFaults;
}

/** What the stub knows. */
interface Told extends Omit<ReplayStub, 'url' | typeof Symbol.asyncDispose> {
  readonly starts: number;
  at: number;
  busy: number;
  requests: number;
}

/** Starts the two planes on free ports. `starts`: where the project clock stands first, milliseconds UTC. */
export async function startReplayStub(starts: number): Promise<ReplayStub> {
  const told: Told = {
    starts,
    at: starts,
    busy: 0,
    requests: 0,
    flights: [],
    outcomes: [],
    moves: [],
    whileBusy: { polls: 0, others: 0 },
    faults: {},
  };
  const data = await listening((request, response) => predict(told, request, response));
  const control = await listening((request, response) => manage(told, data.url, request, response));
  return Object.assign(told, {
    url: control.url,
    [Symbol.asyncDispose]: async () => {
      await control.stop();
      await data.stop();
    },
  });
}

/** The data plane. */
async function predict(told: Told, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { instances } = (await bodyOf(request)) as { instances: { row: number; date: number }[] };
  if (told.busy > 0) told.whileBusy.others += 1;
  const fault = told.faults.onPrediction?.(told.requests++) ?? 'answer';
  if (fault === 'lose before') return void request.socket.destroy();
  if (typeof fault === 'number') {
    return answer(response, fault, { code: 'UNAVAILABLE', detail: 'later' }, { 'retry-after': '1' });
  }
  for (const one of instances) {
    told.flights.push({
      row: one.row,
      date: one.date,
      names: Object.keys(one).sort().join(' '),
      clock: told.at,
      outcomesBefore: told.outcomes.length,
    });
  }
  if (fault === 'lose after') return void request.socket.destroy();
  const ids = instances.map(({ row }) => `p${row}`);
  answer(response, 200, { predictions: instances.map(() => 0.2), ids });
}

/** The control plane. */
async function manage(
  told: Told,
  dataPlane: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stub');
  const path = url.pathname.replace('/api/tend/v1', '');
  const body = request.method === 'POST' ? await bodyOf(request) : undefined;
  if (path === '/server') return answer(response, 200, { dataPlane });
  if (path === '/outcomes') return answer(response, 200, takeOutcomes(told, body as SentOutcomes));
  if (path.endsWith('/predictions')) return answer(response, 200, page(told.flights, url.searchParams));
  if (!path.endsWith('/clock')) return answer(response, 404, { code: 'NOT_FOUND', detail: path });
  if (body !== undefined) {
    told.at = (body as { to: number }).to;
    told.moves.push(told.at);
    told.busy = told.faults.busyPolls?.(told.at) ?? 0;
  } else if (told.busy > 0) {
    told.busy -= 1;
    told.whileBusy.polls += 1;
  }
  const busy = told.busy > 0 ? [{ execution: 'exe_1', workflow: 'retrain' }] : [];
  answer(response, 200, { at: told.at, starts: told.starts, busy, waiting: [] });
}

interface SentOutcomes {
  readonly outcomes: readonly { readonly key: number; readonly value: unknown; readonly at: number }[];
}

function takeOutcomes(told: Told, sent: SentOutcomes): object {
  const counts = { accepted: 0, duplicate: 0, unknown: 0, refused: 0 };
  const known = new Set(told.outcomes.map(({ key }) => key));
  const asked = new Set(told.flights.map(({ row }) => row));
  for (const one of sent.outcomes) {
    if (known.has(one.key)) counts.duplicate += 1;
    else if (!asked.has(one.key)) counts.unknown += 1;
    else {
      known.add(one.key);
      counts.accepted += 1;
      told.outcomes.push({ ...one, flightsBefore: told.flights.length });
    }
  }
  return { ...counts, problems: [] };
}

/** Logged flights of a span, some at a time. */
function page(flights: readonly AskedFlight[], query: URLSearchParams): object {
  const within = flights.filter(
    ({ date }) => date >= Number(query.get('from')) && date < Number(query.get('to')),
  );
  const start = Number(query.get('cursor') ?? 0);
  const end = start + 2;
  const items = within.slice(start, end).map(({ row, date }) => ({ id: `p${row}`, key: row, t: date }));
  return { items, ...(end < within.length ? { next: String(end) } : { next: null }) };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

async function listening(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
