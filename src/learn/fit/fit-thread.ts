import { strict as assert } from 'node:assert';
import { Worker } from 'node:worker_threads';
import { TendError } from '../../kernel/error.ts';
import type { Trial } from '../search/trial.ts';
import type { BinMap } from '../trees/bin-map.ts';
import type { FitReply, FitRequest, FitWorkerData } from './fit-message.ts';
import type { FitProgress, FitResult } from './fit-result.ts';

type Binned = Extract<FitReply, { kind: 'binned' }>;

/** One worker thread, asked one thing at a time. */
export interface FitThread {
  readonly bin: (features: readonly number[]) => Promise<Binned>;
  readonly binned: (map: BinMap) => void;
  readonly fit: (trial: Trial, seed: number) => Promise<FitResult>;
  /** Ends the thread, also in the middle of a trial. */
  readonly close: () => Promise<void>;
}

/** The worker runs from source as from a build: its file has the extension of this one. */
const WORKER = new URL(`./fit-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

type Answer = Exclude<FitReply, { kind: 'progress' | 'failed' }>;

/** @throws (from `bin` and `fit`) what failed in the thread, or TRAINING_FAILED when it ended. */
export function startFitThread(data: FitWorkerData, onProgress?: (progress: FitProgress) => void): FitThread {
  const worker = new Worker(WORKER, { workerData: data, name: 'tend-fit' });
  let pending: {
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: Error) => void;
  } | null = null;
  let dead: TendError | null = null;
  const end = (error: TendError): void => {
    dead ??= error;
    pending?.reject(dead);
    pending = null;
  };
  worker.on('message', (reply: FitReply) => {
    if (reply.kind === 'progress') return onProgress?.(reply.progress);
    const asked = pending;
    pending = null;
    if (reply.kind !== 'failed') return asked?.resolve(reply);
    const { code, message, fields } = reply;
    asked?.reject(new TendError(code, message, { fields }));
  });
  worker.on('error', (cause) =>
    end(new TendError('TRAINING_FAILED', 'a training thread broke down', { cause })),
  );
  worker.on('exit', (code) =>
    end(new TendError('TRAINING_FAILED', `a training thread ended with code ${code}`)),
  );
  const ask = (request: FitRequest): Promise<Answer> =>
    new Promise((resolve, reject) => {
      assert(pending === null, 'a thread answers one request at a time');
      if (dead !== null) return reject(dead);
      pending = { resolve, reject };
      worker.postMessage(request);
    });
  return {
    bin: async (features) => {
      const answer = await ask({ kind: 'bin', features });
      assert(answer.kind === 'binned');
      return answer;
    },
    binned: (map) => worker.postMessage({ kind: 'binned', map } satisfies FitRequest),
    fit: async (trial, seed) => {
      const answer = await ask({ kind: 'fit', trial, seed });
      assert(answer.kind === 'fitted');
      return answer.result;
    },
    close: async () => {
      pending = null;
      await worker.terminate();
    },
  };
}
