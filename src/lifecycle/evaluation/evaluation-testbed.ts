import { z } from 'zod';
import { type OrdersBed, ORDERS_SEED, ordersBed } from '../../../test/orders-bed.ts';
import type { SplitExamples } from '../data/index.ts';
import type { StageResult, StageScope } from '../stage-scope.ts';
import { runTraining, type TrainingOutputs } from '../training/index.ts';
import type { EvaluationInputs, EvaluationOutputs } from './evaluation-inputs.ts';
import { runEvaluation } from './stage.ts';

const interval = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** The body of the evidence that holds the figures of a model. */
export const performanceBody = z.object({
  rows: z.int(),
  criteria: z.array(z.looseObject({ id: z.string(), value: z.number().nullable(), verdict: z.string() })),
  model: z.record(z.string(), interval),
  baseline: z.object({ figures: z.record(z.string(), interval) }),
  champion: z
    .object({
      version: z.int(),
      compared: z.boolean(),
      reason: z.string().exactOptional(),
      metric: z.string().exactOptional(),
      difference: interval.exactOptional(),
    })
    .nullable(),
});

/** What an evaluation came to, with its figures as the evidence has them. */
export interface Evaluated {
  readonly result: StageResult<EvaluationOutputs>;
  readonly figures: z.output<typeof performanceBody>;
}

/** The project of orders with models of both kinds, and evaluations of them. */
export interface EvaluationBed extends AsyncDisposable {
  readonly orders: OrdersBed;
  readonly classifier: TrainingOutputs;
  readonly inputs: EvaluationInputs;
  /** Trains another model: `examples` changes what training sees, `rounds` how long it looks. */
  readonly train: (options: TrainOptions) => Promise<TrainingOutputs>;
  /** Runs the stage; `examples` changes what it is judged on. */
  readonly evaluate: (inputs: EvaluationInputs, examples?: ChangeExamples) => Promise<Evaluated>;
}

/** How examples are to differ from those of the project. */
export type ChangeExamples = (split: SplitExamples) => SplitExamples;

/** What a further model is made of. */
export interface TrainOptions {
  readonly kind?: 'classification' | 'regression';
  readonly rounds?: number;
  readonly examples?: ChangeExamples;
}

/** Ingests 60 orders a day and trains a classifier. */
export async function evaluationBed(): Promise<EvaluationBed> {
  const orders = await ordersBed(60);
  const train = ({
    kind = 'classification',
    rounds = 60,
    examples,
  }: TrainOptions): Promise<TrainingOutputs> =>
    orders.run(async (scope) => {
      const training = { ...orders.inputs.training, rounds };
      return (await runTraining(showing(scope, examples), { ...orders.inputs, kind, training })).outputs;
    });
  const classifier = await train({});
  const inputs: EvaluationInputs = {
    kind: 'classification',
    criteria: [],
    baseline: { score: 'returned_7d' },
    slices: [],
    compareChampion: false,
    split: orders.inputs.split,
    seed: ORDERS_SEED,
    data: orders.data,
    training: classifier,
  };
  return {
    orders,
    classifier,
    inputs,
    train,
    evaluate: async (asked, examples) => {
      const result = await orders.run((scope) => runEvaluation(showing(scope, examples), asked));
      const found = (await orders.harness.evidence('performance')).find((one) =>
        result.evidence.includes(one.id),
      );
      return { result, figures: performanceBody.parse(found?.body) };
    },
    [Symbol.asyncDispose]: () => orders[Symbol.asyncDispose](),
  };
}

function showing(scope: StageScope, change: ChangeExamples = (split) => split): StageScope {
  const load = async <T>(key: string, read: () => Promise<T>): Promise<T> =>
    change((await scope.examples.load(key, read)) as SplitExamples) as T;
  return { ...scope, examples: { ...scope.examples, load } };
}
