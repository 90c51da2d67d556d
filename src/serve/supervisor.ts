import type { Clock } from '../kernel/clock.ts';
import { acceptConnections } from './accept-connections.ts';
import { aggregateStatus } from './aggregate-status.ts';
import { planeUrl, removePlaneFile, writePlaneFile } from './plane-file.ts';
import type { Log } from './plane-log.ts';
import type { PlaneStatus } from './plane-status.ts';
import { WorkerPool } from './worker-pool.ts';

/** What a supervisor is started with. */
export interface SupervisorOptions {
  readonly stateDir: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly workers: number;
  /** Process with which the plane ends, for whoever finds it; that it does so is its entry's part. */
  readonly endsWith?: number;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A running plane, as its supervisor holds it. */
export interface Supervisor {
  readonly url: string;
  readonly port: number;
  readonly status: () => Promise<PlaneStatus>;
  /**
   * Stops accepting, lets every request end, makes the records durable. Resolves when all workers have
   * ended.
   */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the workers and listens. Resolves when connections are answered; `plane.json` then says where.
 * @throws PORT_IN_USE
 */
export async function supervise(options: SupervisorOptions): Promise<Supervisor> {
  const { clock, log, host, stateDir } = options;
  const pid = process.pid;
  const since = clock.now();
  let stopping: Promise<void> | undefined;
  let accepting: (() => void) | undefined;
  const firstAccepts = new Promise<void>((resolve) => {
    accepting = resolve;
  });
  // The port first: when it is taken, no worker has been started in vain.
  const acceptor = await acceptConnections(host, options.port);
  const status = async (): Promise<PlaneStatus> => {
    const reports = await pool.reports();
    const ended = pool.ended.list();
    return aggregateStatus({
      pid,
      version: options.version,
      since,
      draining: stopping !== undefined,
      size: options.workers,
      reports,
      ended,
    });
  };
  const pool = new WorkerPool({
    size: options.workers,
    planePid: pid,
    clock,
    log,
    onAccepting: () => {
      accepting?.();
      acceptor.handOver();
    },
    onTaken: acceptor.taken,
    onLost: acceptor.lost,
    onStatusAsked: (answer, request) => {
      status().then(
        (whole) => answer({ kind: 'status', request, status: whole }),
        (error: unknown) => log(`status: ${String(error)}`),
      );
    },
  });
  acceptor.handTo(() => pool.next());
  await firstAccepts;
  const endsWith = options.endsWith ?? null;
  await writePlaneFile(stateDir, { pid, port: acceptor.port, host, startedAt: since, endsWith });
  const end = async (): Promise<void> => {
    acceptor.close();
    await pool.drain();
    await removePlaneFile(stateDir, pid);
  };
  return {
    url: planeUrl(host, acceptor.port),
    port: acceptor.port,
    status,
    stop: () => {
      stopping ??= end();
      return stopping;
    },
  };
}
