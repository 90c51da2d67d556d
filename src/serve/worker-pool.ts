import cluster, { type Worker } from 'node:cluster';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from './plane-log.ts';
import type { WorkerReport } from './plane-status.ts';
import { PredictionCounts } from './prediction-counts.ts';
import type { FromWorker, ToWorker } from './worker-message.ts';

/** Waits between attempts of a worker that dies young: at once, then doubling. */
const RESTART_MS_MIN = 100;
const RESTART_MS_MAX = 5_000;
/** A worker that has lived this long was sound; its death starts the waits anew. */
const SOUND_AFTER_MS = 10_000;
/** Workers report every second; one that is silent for so long hangs and is replaced. */
const SILENT_MS_MAX = 30_000;
const WATCH_EVERY_MS = 1_000;
/** A worker that does not answer a request for its counts by then is left out; its last report stands. */
const REPORT_WITHIN_MS = 500;

/** A place for a worker; the processes in it come and go. */
interface Slot {
  readonly number: number;
  worker: Worker | undefined;
  accepting: boolean;
  report: WorkerReport | undefined;
  startedAt: number;
  heardAt: number;
  failures: number;
}

/** How many workers, and who hears of them. */
export interface WorkerPoolOptions {
  readonly size: number;
  readonly planePid: number;
  readonly clock: Clock;
  readonly log: Log;
  /** A worker takes connections from now on. */
  readonly onAccepting: () => void;
  readonly onTaken: (connection: number) => void;
  /** The worker has ended, and everything that it had said is heard. */
  readonly onLost: (worker: Worker) => void;
  /** A worker asks for the status of the plane. */
  readonly onStatusAsked: (answer: (message: ToWorker) => void, request: number) => void;
}

/**
 * The worker processes of a plane, forked from the entry of this process and replaced when they die.
 *
 *   forked -> accepting -> ended -> (wait) -> forked …
 *
 * Counts live in the workers; the last report of one that has ended is kept in `ended`.
 */
export class WorkerPool {
  readonly ended = new PredictionCounts();
  readonly #options: WorkerPoolOptions;
  readonly #slots: readonly Slot[];
  readonly #reported = new Map<number, () => void>();
  readonly #watchdog: NodeJS.Timeout;
  #requests = 0;
  #turn = 0;
  #drained: (() => void) | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.size }, (_, i) => emptySlot(i + 1));
    this.#watchdog = setInterval(() => this.#killSilent(), WATCH_EVERY_MS);
    for (const slot of this.#slots) this.#start(slot);
  }

  /** The next worker that takes connections, in turn; undefined when there is none just now. */
  next(): Worker | undefined {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[this.#turn++ % this.#slots.length];
      if (slot?.accepting === true && slot.worker?.isDead() === false) return slot.worker;
    }
    return undefined;
  }

  /** Present counts of every worker that lives. */
  async reports(): Promise<readonly WorkerReport[]> {
    const asked = this.#slots.flatMap(({ accepting, worker }) => (accepting && worker ? [worker] : []));
    await Promise.all(asked.map((worker) => this.#askReport(worker)));
    return this.#slots.flatMap((slot) => (slot.report === undefined ? [] : [slot.report]));
  }

  /** Drains all workers; resolves when their processes have ended. */
  drain(): Promise<void> {
    clearInterval(this.#watchdog);
    return new Promise((resolve) => {
      this.#drained = resolve;
      for (const { worker } of this.#slots) if (worker !== undefined) tell(worker, { kind: 'drain' });
      if (this.#slots.every((slot) => slot.worker === undefined)) resolve();
    });
  }

  #start(slot: Slot): void {
    if (this.#drained !== undefined) return;
    const { clock, log, planePid, size } = this.#options;
    const worker = cluster.fork();
    slot.worker = worker;
    slot.startedAt = clock.monotonic();
    slot.heardAt = slot.startedAt;
    worker.on('message', (message: FromWorker) => this.#hear(slot, worker, message));
    worker.on('error', (error) => log(`worker ${slot.number}: ${error.message}`));
    worker.on('exit', (code, signal) => {
      afterLastMessages(() => this.#bury(slot, worker, signal ?? String(code)));
    });
    tell(worker, { kind: 'start', worker: slot.number, workers: size, planePid });
  }

  #hear(slot: Slot, worker: Worker, message: FromWorker): void {
    slot.heardAt = this.#options.clock.monotonic();
    switch (message.kind) {
      case 'accepting':
        slot.accepting = true;
        return this.#options.onAccepting();
      case 'taken':
        return this.#options.onTaken(message.connection);
      case 'status':
        return this.#options.onStatusAsked((answer) => tell(worker, answer), message.request);
      case 'report':
        slot.report = message.report;
        if (message.request !== null) this.#reported.get(message.request)?.();
    }
  }

  #bury(slot: Slot, worker: Worker, reason: string): void {
    const { clock, log, onLost } = this.#options;
    if (slot.report !== undefined) this.ended.add(slot.report.counts);
    const sound = clock.monotonic() - slot.startedAt > SOUND_AFTER_MS;
    const failures = sound ? 0 : slot.failures;
    Object.assign(slot, emptySlot(slot.number), { failures: failures + 1 });
    onLost(worker);
    if (this.#drained !== undefined) {
      if (this.#slots.every((one) => one.worker === undefined)) this.#drained();
      return;
    }
    const waitMs = failures === 0 ? 0 : Math.min(RESTART_MS_MIN * 2 ** (failures - 1), RESTART_MS_MAX);
    log(`worker ${slot.number} ended (${reason}); another starts in ${waitMs} ms`);
    setTimeout(() => this.#start(slot), waitMs);
  }

  #askReport(worker: Worker): Promise<void> {
    return new Promise((resolve) => {
      const request = ++this.#requests;
      const settle = (): void => {
        clearTimeout(timer);
        this.#reported.delete(request);
        resolve();
      };
      const timer = setTimeout(settle, REPORT_WITHIN_MS);
      this.#reported.set(request, settle);
      tell(worker, { kind: 'report', request });
    });
  }

  #killSilent(): void {
    const now = this.#options.clock.monotonic();
    for (const { number, worker, heardAt } of this.#slots) {
      if (worker === undefined || now - heardAt < SILENT_MS_MAX) continue;
      this.#options.log(`worker ${number} was silent for ${SILENT_MS_MAX} ms`);
      worker.process.kill('SIGKILL');
    }
  }
}

/**
 * An ended process may have left messages in its pipe; one turn of the event loop reads them. The event
 * `disconnect` would say when, but it does not come while a connection is on its way to the worker (seen with
 * Node 26.10).
 */
function afterLastMessages(then: () => void): void {
  setImmediate(() => setImmediate(then));
}

/** A message to a worker; one that has just died no longer needs it. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.process.send?.(message, undefined, undefined, () => undefined);
}

function emptySlot(number: number): Slot {
  return {
    number,
    worker: undefined,
    accepting: false,
    report: undefined,
    startedAt: 0,
    heardAt: 0,
    failures: 0,
  };
}
