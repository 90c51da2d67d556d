import cluster from 'node:cluster';
import { Socket } from 'node:net';
import path from 'node:path';
import type { Clock, Random } from '../kernel/clock.ts';
import { createListener } from './listener.ts';
import { planeHandler } from './plane-handler.ts';
import type { Log } from './plane-log.ts';
import type { PlaneStatus, WorkerReport } from './plane-status.ts';
import { createPredictor, type Predictor } from './predictor.ts';
import { isLoopback } from './request-guard.ts';
import { openRoutes, type Routes } from './routes.ts';
import { SegmentWriter } from './segment.ts';
import type { FromWorker, ToWorker } from './worker-message.ts';

/** What the supervisor may lose of a killed worker's counts; its records are in the segments all the same. */
const REPORT_EVERY_MS = 100;
/** Reports that come even when nothing has changed: the supervisor takes long silence for a stuck worker. */
const HEARTBEAT_EVERY = 10;
/** Grace for requests that are on their way on an idle connection when the drain begins. */
const DRAIN_IDLE_MS = 500;
const DRAIN_LIMIT_MS = 15_000;

/** What a worker is started with; the same in every worker of a plane. */
export interface WorkerOptions {
  readonly stateDir: string;
  readonly host: string;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * The body of a worker process, forked by the supervisor: loads the routing, says that it accepts, answers
 * the connections it is handed, reports its counts. Ends the process when it is drained, when the supervisor
 * is gone, and when a sync of its records fails.
 */
export function runWorker(options: WorkerOptions): void {
  const ignore = (): void => undefined;
  // A terminal sends its interrupt to the whole group; the supervisor alone decides when a worker drains.
  process.on('SIGINT', ignore);
  process.on('SIGTERM', ignore);
  process.once('message', (message: ToWorker) => {
    if (message.kind !== 'start') throw new TypeError(`expected start, got ${message.kind}`);
    startWorker(options, message).catch((error: unknown) => {
      options.log(`worker ${message.worker} cannot start: ${String(error)}`);
      process.exit(1);
    });
  });
}

async function startWorker(
  options: WorkerOptions,
  { worker, workers, planePid }: Extract<ToWorker, { readonly kind: 'start' }>,
): Promise<void> {
  const log: Log = (line) => options.log(`worker ${worker}: ${line}`);
  const routes = await openRoutes(options.stateDir, log, options.clock.monotonic, workers);
  const segments = new Map<string, SegmentWriter>();
  const predictor = createPredictor({
    worker,
    clock: options.clock,
    random: options.random,
    routes: routes.current,
    record: (endpoint, lines, at) =>
      segmentOf(options.stateDir, segments, endpoint, worker, log).append(lines, at),
    log,
  });
  const asks = statusAsks();
  let draining = false;
  const listener = createListener({
    handler: planeHandler({
      predictor,
      planePid,
      version: options.version,
      ready: () => !draining && routes.current() !== undefined,
      status: asks.ask,
      log,
    }),
    boundToLoopback: isLoopback(options.host),
    clock: options.clock,
  });
  const report = (request: number | null): void => {
    send({ kind: 'report', request, report: workerReport(worker, routes, predictor) });
  };
  const drain = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    await listener.drain(DRAIN_IDLE_MS, DRAIN_LIMIT_MS);
    for (const segment of segments.values()) segment.close();
    routes.close();
    report(null);
    cluster.worker?.disconnect();
    process.exit(0);
  };
  process.on('message', (message: ToWorker, handle: unknown) => {
    if (message.kind === 'connection') {
      // Before anything is read from it: the supervisor keeps its hold on the connection until it hears this.
      send({ kind: 'taken', connection: message.connection });
      if (handle instanceof Socket) listener.accept(handle);
    } else if (message.kind === 'report') report(message.request);
    else if (message.kind === 'status') asks.answer(message.request, message.status);
    else if (message.kind === 'drain') void drain();
  });
  process.on('disconnect', () => void drain());
  reportChanges(predictor, () => report(null));
  send({ kind: 'accepting' });
}

/** A message to the supervisor; dropped when it is gone, which the drain then takes care of. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function segmentOf(
  stateDir: string,
  segments: Map<string, SegmentWriter>,
  endpoint: string,
  worker: number,
  log: Log,
): SegmentWriter {
  let segment = segments.get(endpoint);
  if (segment === undefined) {
    const onSyncError = (error: unknown): void => {
      // The kernel drops what it could not write and reports it once: going on would acknowledge what is
      // lost.
      log(`records could not be made durable, ending: ${String(error)}`);
      process.exit(1);
    };
    segment = new SegmentWriter({ dir: path.join(stateDir, 'segments'), endpoint, worker, onSyncError });
    segments.set(endpoint, segment);
  }
  return segment;
}

function workerReport(worker: number, routes: Routes, predictor: Predictor): WorkerReport {
  const table = routes.current();
  const all = [...(table?.endpoints.values() ?? [])].flatMap((endpoint) => endpoint.routes);
  return {
    worker,
    pid: process.pid,
    generation: table?.generation ?? null,
    routingError: routes.error(),
    routes: all.map(({ endpoint, release, version, weight, role }) => ({
      endpoint,
      release,
      version,
      weight,
      role,
    })),
    tables: routes.tables(),
    queue: predictor.queue(),
    counts: predictor.counts.list(),
  };
}

/** Reports soon after counts have changed, and now and then in any case. */
function reportChanges(predictor: Predictor, report: () => void): void {
  let reported = 0;
  let ticks = 0;
  setInterval(() => {
    const total = predictor.counts.total();
    ticks++;
    if (total === reported && ticks % HEARTBEAT_EVERY !== 0) return;
    reported = total;
    report();
  }, REPORT_EVERY_MS);
}

/** Questions to the supervisor for the status of the whole plane. */
function statusAsks() {
  const waiting = new Map<number, (status: PlaneStatus) => void>();
  let last = 0;
  return {
    ask: (): Promise<PlaneStatus> =>
      new Promise((resolve) => {
        last++;
        waiting.set(last, resolve);
        send({ kind: 'status', request: last });
      }),
    answer: (request: number, status: PlaneStatus): void => {
      waiting.get(request)?.(status);
      waiting.delete(request);
    },
  };
}
