import cluster from 'node:cluster';
import type { Clock, Random } from '../kernel/clock.ts';
import { TendError } from '../kernel/error.ts';
import { adoptPlane } from './plane-client.ts';
import { planeLog } from './plane-log.ts';
import { type Supervisor, supervise } from './supervisor.ts';

/** More processes than any machine this is meant for has cores. */
const WORKERS_MAX = 64;

/** What a data plane is started with. */
export interface PlaneOptions {
  readonly stateDir: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly workers: number;
  /** Process with which the plane ends, for whoever finds it; that it does so is its entry's part. */
  readonly endsWith?: number;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Called in the supervisor when the plane answers. */
  readonly onReady?: (plane: Supervisor) => void;
}

/**
 * The whole life of a data plane process, called by its entry with the same options in the supervisor and in
 * the workers that it forks from that entry. In the supervisor it resolves when the plane was stopped by
 * SIGTERM or SIGINT and everything that was accepted is answered and durable; the entry then ends with 0.
 * @throws FOLDER_OWNED when a living plane answers for the state folder; PORT_IN_USE
 */
export async function runPlane(options: PlaneOptions): Promise<void> {
  if (!cluster.isPrimary) {
    // Loaded here alone: the supervisor starts in half the time without what only workers need.
    const { runWorker } = await import('./worker.ts');
    runWorker({ ...options, log: planeLog(options.clock) });
    return;
  }
  const plane = await startPlane(options);
  options.onReady?.(plane);
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      plane.stop().then(resolve, reject);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}

/**
 * Starts the plane in this process as its supervisor; the entry of the process must call `runPlane` in
 * workers.
 */
export async function startPlane(options: PlaneOptions): Promise<Supervisor> {
  if (!Number.isInteger(options.workers) || options.workers < 1 || options.workers > WORKERS_MAX) {
    throw new TendError('USAGE', `expected 1 to ${WORKERS_MAX} workers, got ${options.workers}`);
  }
  const living = await adoptPlane(options.stateDir);
  if (living !== null) {
    throw new TendError('FOLDER_OWNED', `a data plane of this folder answers at ${living.url}`, {
      hint: `Use it, or stop process ${living.pid}.`,
    });
  }
  return supervise({ ...options, log: planeLog(options.clock) });
}
