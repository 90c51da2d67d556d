import { Worker } from 'node:worker_threads';
import { TendError } from '../kernel/error.ts';
import type { PreparedUnit } from './prepared-unit.ts';
import type { UnitOutcome } from './write-queue.ts';
import { receiveOutcome, type WriterReply, type WriterRequest } from './writer-message.ts';

interface Pending {
  readonly resolve: (reply: WriterReply) => void;
  readonly reject: (error: TendError) => void;
}

/**
 * The main thread's end of `sqlite-writer-worker.ts`. The thread starts with the first write, so that a
 * command that only reads does not pay for it; an idle one does not keep the process alive.
 */
export class SqliteWriterThread {
  readonly #path: string;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #failure: TendError | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** One batch at a time: `WriteQueue` sees to it. */
  async write(units: readonly PreparedUnit[]): Promise<readonly UnitOutcome[]> {
    const reply = await this.#ask({ kind: 'batch', units });
    return reply.kind === 'batch' ? reply.outcomes.map(receiveOutcome) : [];
  }

  async close(): Promise<void> {
    if (this.#worker === undefined || this.#failure !== undefined) return;
    await this.#ask({ kind: 'close' });
    await this.#worker.terminate();
  }

  #ask(request: WriterRequest): Promise<WriterReply> {
    const failure = this.#failure;
    if (failure !== undefined) return Promise.reject(failure);
    const worker = (this.#worker ??= this.#start());
    return new Promise<WriterReply>((resolve, reject) => {
      this.#pending = { resolve, reject };
      worker.ref();
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    // Published as JavaScript, run from a checkout as TypeScript: the neighbour has the same ending as this
    // file.
    const file = import.meta.url.endsWith('.ts') ? './sqlite-writer-worker.ts' : './sqlite-writer-worker.js';
    // Without the flags of the process, some of which (`--input-type`) a thread with a file refuses.
    const options = { workerData: { path: this.#path }, execArgv: [] };
    const worker = new Worker(new URL(file, import.meta.url), options);
    worker.on('message', (reply: WriterReply) => {
      worker.unref();
      const pending = this.#pending;
      this.#pending = undefined;
      pending?.resolve(reply);
    });
    worker.on('error', (cause) => this.#fail(cause));
    worker.on('exit', () => this.#fail(undefined));
    return worker;
  }

  /** A writer that died took the state of its connection with it: nothing may be written from here on. */
  #fail(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : 'its thread ended';
    this.#failure ??= new TendError('STATE_UNREADABLE', `the writer of the database failed: ${reason}`, {
      cause,
    });
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }
}
