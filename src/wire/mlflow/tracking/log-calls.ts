import { deleteRunTag, logBatch } from '../../../lifecycle/training/tracking/log-batch.ts';
import { logInputs, logOutputs } from '../../../lifecycle/training/tracking/run-inputs.ts';
import { noteModelMetrics } from '../../../lifecycle/training/tracking/logged-model-metrics.ts';
import { double, int64, list, text } from '../codec/field.ts';
import { message, type MessageOf, required } from '../codec/message.ts';
import { invalid } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { cutText, key, KEY_CHARS_MAX, PARAM_CHARS_MAX, refuseTwice, TAG_CHARS_MAX } from './keys.ts';
import { runIdOf, runKey } from './run-calls.ts';

/** Of one batch, as MLflow limits them. */
const METRICS_MAX = 1_000;
const PARAMS_MAX = 100;
const TAGS_MAX = 100;
const ITEMS_MAX = 1_000;

/** Schema and profile of a dataset may be megabytes. */
const INPUTS_BYTES_MAX = 20_000_000;

const write = { method: 'POST', since: '2.0', permission: 'model.write' } as const;

const metricShape = {
  key: required(key()),
  value: required(double()),
  timestamp: required(int64()),
  step: int64(),
  model_id: text(KEY_CHARS_MAX),
  dataset_name: text(500),
  dataset_digest: text(KEY_CHARS_MAX),
};
const param = message({ key: required(key()), value: required(cutText(PARAM_CHARS_MAX)) });
const tag = message({ key: required(key()), value: required(cutText(TAG_CHARS_MAX)) });

type MetricInput = MessageOf<typeof metricShape>;

const pointOf = ({ key: name, value, timestamp, step }: MetricInput) => ({
  key: name,
  value,
  at: timestamp,
  step: step ?? 0,
});

/** Those that were measured on a logged model, as its newest values. */
function modelMetrics(runId: string, metrics: readonly MetricInput[]) {
  return noteModelMetrics(
    runId,
    metrics.flatMap((metric) => {
      const modelId = metric.model_id ?? '';
      if (modelId === '') return [];
      return [
        {
          ...pointOf(metric),
          modelId,
          datasetName: metric.dataset_name ?? '',
          datasetDigest: metric.dataset_digest ?? '',
        },
      ];
    }),
  );
}

const datasetInput = message({
  tags: list(message({ key: required(text(255)), value: required(text(TAG_CHARS_MAX)) }), 100),
  dataset: required(
    message({
      name: required(text(500)),
      digest: required(text(36)),
      source_type: required(text(36)),
      source: required(text()),
      schema: text(5_000_000),
      profile: text(17_000_000),
    }),
  ),
});

const modelInput = message({ model_id: required(text(KEY_CHARS_MAX)), step: int64() });

/** What is measured while a run goes on. */
export const logCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    path: '/mlflow/runs/log-metric',
    input: message({ ...runKey, ...metricShape }),
    handler: async (ctx, input) => {
      const runId = runIdOf(input);
      const more = modelMetrics(runId, [input]);
      await logBatch(ctx, runId, { metrics: [pointOf(input)], params: [], tags: [] }, more);
      return undefined;
    },
  }),
  rpc({
    ...write,
    path: '/mlflow/runs/log-parameter',
    input: message({ ...runKey, key: required(key()), value: required(cutText(PARAM_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      const { key: name, value } = input;
      await logBatch(ctx, runIdOf(input), { metrics: [], params: [{ key: name, value }], tags: [] });
      return undefined;
    },
  }),
  rpc({
    ...write,
    path: '/mlflow/runs/set-tag',
    input: message({ ...runKey, key: required(key()), value: required(cutText(TAG_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      const { key: name, value } = input;
      await logBatch(ctx, runIdOf(input), { metrics: [], params: [], tags: [{ key: name, value }] });
      return undefined;
    },
  }),
  rpc({
    ...write,
    path: '/mlflow/runs/delete-tag',
    input: message({ ...runKey, key: required(text(KEY_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      await deleteRunTag(ctx, runIdOf(input), input.key);
      return undefined;
    },
  }),
  rpc({
    ...write,
    path: '/mlflow/runs/log-batch',
    input: message({
      ...runKey,
      metrics: list(message(metricShape), METRICS_MAX),
      params: list(param, PARAMS_MAX),
      tags: list(tag, TAGS_MAX),
    }),
    handler: async (ctx, input) => {
      const { metrics, params, tags } = input;
      const runId = runIdOf(input);
      const count = metrics.length + params.length + tags.length;
      if (count > ITEMS_MAX)
        throw invalid(
          `A batch logging request can contain at most ${ITEMS_MAX} metrics, params and tags. Got ${count}.`,
        );
      refuseTwice(params, 'param');
      refuseTwice(tags, 'tag');
      const batch = { metrics: metrics.map(pointOf), params, tags };
      await logBatch(ctx, runId, batch, modelMetrics(runId, metrics));
      return undefined;
    },
  }),
  rpc({
    ...write,
    path: '/mlflow/runs/log-inputs',
    bodyBytesMax: INPUTS_BYTES_MAX,
    input: message({
      run_id: required(text(KEY_CHARS_MAX)),
      datasets: list(datasetInput, 1_000),
      models: list(modelInput, 1_000),
    }),
    handler: async (ctx, { run_id: id, datasets, models }) => {
      await logInputs(ctx, id, {
        datasets: datasets.map(({ dataset, tags }) => ({
          tags,
          dataset: {
            name: dataset.name,
            digest: dataset.digest,
            sourceType: dataset.source_type,
            source: dataset.source,
            schema: dataset.schema ?? null,
            profile: dataset.profile ?? null,
          },
        })),
        models: models.map((model) => ({ modelId: model.model_id, step: model.step ?? 0 })),
      });
      return undefined;
    },
  }),
  rpc({
    ...write,
    path: '/mlflow/runs/outputs',
    input: message({ run_id: required(text(KEY_CHARS_MAX)), models: list(modelInput, 1_000) }),
    handler: async (ctx, { run_id: id, models }) => {
      await logOutputs(
        ctx,
        id,
        models.map((model) => ({ modelId: model.model_id, step: model.step ?? 0 })),
      );
      return undefined;
    },
  }),
  rpc({
    ...write,
    path: '/mlflow/runs/log-model',
    input: message({ run_id: required(text(KEY_CHARS_MAX)), model_json: required(text()) }),
    handler: async (ctx, { run_id: id, model_json: model }) => {
      await logBatch(ctx, id, { metrics: [], params: [], tags: [historyTag(model)] });
      return undefined;
    },
  }),
];

/** Clients before MLflow 3 tell of a model in a tag; the newest counts. */
function historyTag(model: string) {
  try {
    JSON.parse(model);
  } catch {
    throw invalid(`Malformed model info. \n ${JSON.stringify(model.slice(0, 100))} is not a valid JSON.`);
  }
  return { key: 'mlflow.log-model.history', value: `[${model}]` };
}
