import type { DataOutputs } from '../src/lifecycle/data/index.ts';
import { runData } from '../src/lifecycle/data/index.ts';
import type { StageScope } from '../src/lifecycle/stage-scope.ts';
import type { TrainingInputs } from '../src/lifecycle/training/index.ts';
import { ORDERS, writeOrders } from './orders-project.ts';
import { type StageHarness, stageHarness } from './stage-harness.ts';

/** The project of orders, ingested: what training and the stages after it are given. */
export interface OrdersBed extends AsyncDisposable {
  readonly harness: StageHarness;
  readonly data: DataOutputs;
  /** A short search over it; a test changes what it is about. */
  readonly inputs: TrainingInputs;
  readonly run: <T>(work: (scope: StageScope) => Promise<T>) => Promise<T>;
}

/** Seed of the search and of intervals. */
export const ORDERS_SEED = 11;

/** Ingests `perDay` orders of each of twenty days. `files`: further texts that tend.yaml would name. */
export async function ordersBed(
  perDay: number,
  files: Readonly<Record<string, string>> = {},
): Promise<OrdersBed> {
  const harness = await stageHarness({ files: { ...ORDERS.files, ...files }, projectClock: ORDERS.clock });
  writeOrders(harness.dir, perDay);
  const asked = { data: ORDERS.data, split: ORDERS.split, requires: {}, starts: null };
  const { outputs: data } = await harness.run((scope) => runData(scope, asked));
  const inputs: TrainingInputs = {
    training: { engine: 'builtin', trials: 2, rounds: 60, seed: ORDERS_SEED },
    split: ORDERS.split,
    kind: 'classification',
    data,
    specHash: 'spec',
    dataHash: data.versions.orders?.hash ?? '',
  };
  return {
    harness,
    data,
    inputs,
    run: harness.run,
    [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose](),
  };
}
