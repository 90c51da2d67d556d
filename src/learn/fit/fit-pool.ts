import { TendError } from '../../kernel/error.ts';
import { checkFeatures, checkMatrix } from '../matrix.ts';
import { hashInteger } from '../random.ts';
import type { Trial } from '../search/trial.ts';
import { checkTarget, type Objective } from '../target.ts';
import { createArena } from '../trees/arena.ts';
import type { LabelledRows } from '../labelled-rows.ts';
import { layOutData, workBytesMax } from '../trees/training-layout.ts';
import { BINS_MAX, checkTreeParams } from '../trees/tree-params.ts';
import type { FitWorkerData } from './fit-message.ts';
import type { FitProgress, FitResult } from './fit-result.ts';
import { sharedMatrix } from './shared-matrix.ts';
import { startFitThread } from './fit-thread.ts';

/** Trials and the rows to train and watch them on. */
export interface FitTrialsInput {
  readonly train: LabelledRows;
  readonly validation?: LabelledRows;
  /** All of one objective and, for trees, of one number of bins. */
  readonly trials: readonly Trial[];
  readonly seed: number;
  /** Threads at most; no more are started than there are trials. */
  readonly workers: number;
  readonly signal?: AbortSignal;
  /** Called in the order in which threads report. Everything else is the same however many there are. */
  readonly onProgress?: (progress: FitProgress) => void;
  /** Called as each trial ends, in that order. */
  readonly onResult?: (result: FitResult) => void;
}

/**
 * Trains every trial in worker threads and resolves with the results in the order of the trials, the same
 * bits on any number of workers. Columns are shared (copied once unless they lie in shared memory), binned
 * once, and read by all. The calling thread does not compute.
 * @throws INVALID_INPUT for shapes, targets or parameters out of range; TOO_LARGE above 4 GB; INTERRUPTED
 * when the signal aborts; what a trial throws otherwise.
 */
export async function fitTrials(input: FitTrialsInput): Promise<FitResult[]> {
  const { trials, signal, seed } = input;
  check(input);
  throwIfAborted(signal);
  if (trials.length === 0) return [];
  const starts = placeData(input);
  const threads = starts.map((data) => startFitThread(data, input.onProgress));
  const failed = new AbortController();
  const stop = (): void =>
    failed.abort(new TendError('INTERRUPTED', 'training was stopped', { cause: signal?.reason }));
  signal?.addEventListener('abort', stop, { once: true });
  const aborted = new Promise<never>((_, reject) => {
    failed.signal.addEventListener('abort', () => reject(failed.signal.reason), { once: true });
  });
  const results = new Array<FitResult>(trials.length);
  const train = async (): Promise<FitResult[]> => {
    const shares = threads.map((_, t) => deal(input.train.matrix.columns.length, threads.length, t));
    const binned = await Promise.all(threads.map((thread, t) => thread.bin(shares[t] ?? [])));
    const edges = new Array<Float32Array>(input.train.matrix.columns.length);
    for (const part of binned)
      for (const [i, feature] of part.features.entries()) edges[feature] = part.edges[i] as Float32Array;
    const queue = trials.entries();
    await Promise.all(
      threads.map(async (thread) => {
        thread.binned({ edges });
        for (const [i, trial] of queue) {
          results[i] = await thread.fit(trial, hashInteger(trial.index, seed));
          input.onResult?.(results[i]);
        }
      }),
    );
    return results;
  };
  try {
    return await Promise.race([train(), aborted]);
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new TendError('INTERRUPTED', 'training was stopped', { cause: signal.reason });
}

/** The columns of one thread: every n-th. */
function deal(columns: number, threads: number, thread: number): number[] {
  return Array.from({ length: columns }, (_, i) => i).filter((i) => i % threads === thread);
}

/** Puts targets and columns where threads share them and gives each thread its own stretch of the memory. */
function placeData({ train, validation, trials, workers }: FitTrialsInput): FitWorkerData[] {
  const layout = layOutData(train.matrix.rows, validation?.matrix.rows ?? 0, train.matrix.columns.length);
  const treeParams = trials.flatMap((trial) => (trial.family === 'trees' ? [trial.params] : []));
  const workBytes = Math.max(0, ...treeParams.map((params) => workBytesMax(layout, params)));
  const threads = Math.max(1, Math.min(workers, trials.length));
  const { memory, f64 } = createArena(layout.end + threads * workBytes);
  f64.set(train.target, layout.target / 8);
  if (validation !== undefined) f64.set(validation.target, layout.validationTarget / 8);
  const matrix = sharedMatrix(train.matrix);
  const shared = validation === undefined ? null : sharedMatrix(validation.matrix);
  const bins = treeParams[0]?.bins ?? BINS_MAX;
  return Array.from({ length: threads }, (_, thread) => {
    const workStart = layout.end + thread * workBytes;
    return { memory, layout, workStart, matrix, validation: shared, bins };
  });
}

function check({ train, validation, trials }: FitTrialsInput): void {
  checkMatrix(train.matrix);
  if (validation !== undefined) checkFeatures(validation.matrix, train.matrix.names);
  const objectives = new Set<Objective>();
  const bins = new Set<number>();
  for (const trial of trials) {
    objectives.add(trial.params.objective);
    if (trial.family !== 'trees') continue;
    checkTreeParams(trial.params);
    bins.add(trial.params.bins);
  }
  if (objectives.size > 1 || bins.size > 1) {
    throw new TendError(
      'INVALID_INPUT',
      'expected trials of one objective and one number of bins, got several',
      {
        hint: 'The columns are binned once for all trials; train the others in a call of their own.',
      },
    );
  }
  for (const objective of objectives) {
    checkTarget(train.target, train.matrix.rows, objective);
    if (validation !== undefined) checkTarget(validation.target, validation.matrix.rows, objective);
  }
}
