import { strict as assert } from 'node:assert';
import { parentPort, workerData } from 'node:worker_threads';
import { asTendError } from '../../kernel/error.ts';
import type { FeatureMatrix } from '../matrix.ts';
import { type Arena, arenaOf } from '../trees/arena.ts';
import { assignBins, type BinMap, fitBinMap } from '../trees/bin-map.ts';
import { wasmKernel } from '../trees/kernel-wasm.ts';
import { trainingBins } from '../trees/training-data.ts';
import type { FitReply, FitRequest, FitWorkerData } from './fit-message.ts';
import { type FitData, fitTrial } from './fit-trial.ts';

// The worker's side of `fit-pool.ts`: bins the columns it is given, then trains trial after trial.

assert(parentPort !== null, 'fit-worker runs as a worker thread');
const port = parentPort;
// the pool is the only one to start this file
const start = workerData as FitWorkerData;
const arena = arenaOf(start.memory);
const kernel = wasmKernel(arena);
let fit: FitData | null = null;

function send(reply: FitReply): void {
  port.postMessage(reply);
}

port.on('message', (request: FitRequest) => {
  try {
    answer(request);
  } catch (error) {
    const { code, message, fields } = asTendError(error);
    send({ kind: 'failed', code, message, fields });
  }
});

function answer(request: FitRequest): void {
  switch (request.kind) {
    case 'bin':
      send({ kind: 'binned', features: request.features, edges: binColumns(arena, start, request.features) });
      return;
    case 'binned': {
      const { layout: data, workStart, matrix, validation } = start;
      fit = { arena, kernel, data, map: request.map, workStart, matrix, validation };
      return;
    }
    case 'fit': {
      assert(fit !== null, 'the columns are binned before the first trial');
      const onProgress = (progress: Parameters<Parameters<typeof fitTrial>[1]['onProgress']>[0]): void =>
        send({ kind: 'progress', progress });
      send({ kind: 'fitted', result: fitTrial(fit, { ...request, onProgress }) });
    }
  }
}

/** Bins some columns in place; the others of the map are left out of it. */
function binColumns(memory: Arena, data: FitWorkerData, features: readonly number[]): Float32Array[] {
  const { layout, matrix, validation, bins } = data;
  const chosen: FeatureMatrix = {
    rows: matrix.rows,
    names: features.map((feature) => matrix.names[feature] as string),
    columns: features.map((feature) => matrix.columns[feature] as Float32Array),
  };
  const { edges } = fitBinMap(chosen, bins);
  const sparse = matrix.columns.map((): Float32Array => new Float32Array());
  for (const [i, feature] of features.entries()) sparse[feature] = edges[i] as Float32Array;
  const map: BinMap = { edges: sparse };
  assignBins(map, matrix, trainingBins(memory, layout), features);
  if (validation !== null) {
    const end = layout.validationBins + layout.validationRows * layout.stride;
    assignBins(map, validation, { rows: memory.u8.subarray(layout.validationBins, end) }, features);
  }
  return [...edges];
}
