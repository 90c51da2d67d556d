import type { LoggedModel } from '../../../lifecycle/training/tracking/logged-model.ts';
import {
  createLoggedModel,
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  logLoggedModelParams,
  readLoggedModel,
  setLoggedModelTags,
} from '../../../lifecycle/training/tracking/logged-model-store.ts';
import { searchLoggedModels } from '../../../lifecycle/training/tracking/search-logged-models.ts';
import { listArtifacts } from '../artifacts/list-artifacts.ts';
import { flag, int64, list, oneOf, text } from '../codec/field.ts';
import { message, missing, required } from '../codec/message.ts';
import { loggedModelColumn, loggedModelConditions } from '../filter/logged-model-filter.ts';
import { parseOrder } from '../filter/parse-order.ts';
import { invalid } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from './experiment-id.ts';
import { cutText, key, KEY_CHARS_MAX, PARAM_CHARS_MAX, refuseTwice, TAG_CHARS_MAX } from './keys.ts';

const ROOT = '/mlflow/logged-models';
const NAME_CHARS_MAX = 256;
const modelId = required(text(KEY_CHARS_MAX));
const params = list(message({ key: required(key()), value: required(cutText(PARAM_CHARS_MAX)) }), 1_000);
const tags = list(message({ key: required(key()), value: required(cutText(TAG_CHARS_MAX)) }), 1_000);
const dataset = message({ dataset_name: required(text(500)), dataset_digest: text(KEY_CHARS_MAX) });

const STATUS = {
  pending: 'LOGGED_MODEL_PENDING',
  ready: 'LOGGED_MODEL_READY',
  failed: 'LOGGED_MODEL_UPLOAD_FAILED',
};
const status = oneOf({ LOGGED_MODEL_PENDING: 1, LOGGED_MODEL_READY: 2, LOGGED_MODEL_UPLOAD_FAILED: 3 });
const STATES = {
  LOGGED_MODEL_PENDING: 'pending',
  LOGGED_MODEL_READY: 'ready',
  LOGGED_MODEL_UPLOAD_FAILED: 'failed',
} as const;

const read = { method: 'GET', since: '2.0', permission: 'model.read' } as const;
const write = { since: '2.0', permission: 'model.write' } as const;

/** Logged models: made, finished, found, tagged and deleted. */
export const loggedModelCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: ROOT,
    input: message({
      experiment_id: required(experimentId()),
      name: text(NAME_CHARS_MAX),
      model_type: text(500),
      source_run_id: text(KEY_CHARS_MAX),
      params,
      tags,
    }),
    handler: async (ctx, input) => {
      refuseTwice(input.params, 'param');
      refuseTwice(input.tags, 'tag');
      const model = await createLoggedModel(ctx, {
        experimentId: input.experiment_id,
        name: checkedName(input.name ?? ''),
        modelType: input.model_type ?? null,
        sourceRunId: input.source_run_id ?? null,
        params: input.params,
        tags: input.tags,
      });
      return { model: loggedModelJson(model) };
    },
  }),
  rpc({
    ...read,
    method: 'POST',
    path: `${ROOT}/search`,
    input: message({
      experiment_ids: list(experimentId(), 10_000),
      filter: text(),
      datasets: list(dataset, 100),
      max_results: int64(),
      order_by: list(
        message({
          field_name: required(text(1_000)),
          ascending: flag(),
          dataset_name: text(500),
          dataset_digest: text(KEY_CHARS_MAX),
        }),
        20,
      ),
      page_token: text(),
    }),
    handler: async (ctx, input) => {
      if (input.experiment_ids.length === 0) throw missing('experiment_ids');
      const after = readPageToken<{ offset: number }>(input.page_token, { offset: 'count' });
      const { models, next } = await searchLoggedModels(ctx, {
        experimentIds: input.experiment_ids,
        conditions: loggedModelConditions(input.filter),
        datasets: input.datasets.map((one) => ({ name: one.dataset_name, digest: one.dataset_digest })),
        order: input.order_by.map(orderOf),
        limit: pageLimit(input.max_results, 100, 1_000),
        offset: after?.offset ?? 0,
      });
      return {
        models: models.map(loggedModelJson),
        next_page_token: next === undefined ? undefined : pageToken({ offset: next }),
      };
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/{model_id}`,
    input: message({ model_id: modelId }),
    handler: async (ctx, input) => ({ model: loggedModelJson(await readLoggedModel(ctx, input.model_id)) }),
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/{model_id}`,
    input: message({ model_id: modelId, status: required(status) }),
    handler: async (ctx, input) => {
      if (input.status === undefined) throw invalid(`Invalid value for parameter 'status' supplied.`);
      const model = await finalizeLoggedModel(ctx, input.model_id, STATES[input.status]);
      return { model: loggedModelJson(model) };
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/{model_id}`,
    input: message({ model_id: modelId }),
    handler: async (ctx, input) => {
      await deleteLoggedModel(ctx, input.model_id);
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/{model_id}/tags`,
    input: message({ model_id: modelId, tags }),
    handler: async (ctx, input) => ({
      model: loggedModelJson(await setLoggedModelTags(ctx, input.model_id, input.tags)),
    }),
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/{model_id}/tags/{tag_key}`,
    input: message({ model_id: modelId, tag_key: required(text(KEY_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      await deleteLoggedModelTag(ctx, input.model_id, input.tag_key);
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/{model_id}/params`,
    input: message({ model_id: modelId, params }),
    handler: async (ctx, input) => {
      refuseTwice(input.params, 'param');
      await logLoggedModelParams(ctx, input.model_id, input.params);
      return undefined;
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/{model_id}/artifacts/directories`,
    input: message({ model_id: modelId, artifact_directory_path: text(), page_token: text() }),
    handler: async (ctx, input) => {
      const { artifactUri } = await readLoggedModel(ctx, input.model_id);
      return listArtifacts(ctx, artifactUri, input.artifact_directory_path ?? '');
    },
  }),
];

function orderOf(item: {
  readonly field_name: string;
  readonly ascending: boolean | undefined;
  readonly dataset_name: string | undefined;
  readonly dataset_digest: string | undefined;
}) {
  const { entity, key: name } = parseOrder(item.field_name);
  const descending = item.ascending === false;
  if (entity === undefined || entity.startsWith('attr'))
    return { column: loggedModelColumn(name), descending };
  if (!/^metrics?$/.test(entity))
    throw invalid(`Invalid order_by field name: ${item.field_name.slice(0, 200)}`);
  const on = item.dataset_name;
  return {
    metric: name,
    measuredOn: on === undefined ? undefined : { name: on, digest: item.dataset_digest },
    descending,
  };
}

/** Names become parts of addresses: `models:/name`. */
function checkedName(name: string): string {
  if (/[/:.%"']/.test(name))
    throw invalid(
      `Invalid model name ${JSON.stringify(name)} provided. Model name must be a non-empty string and ` +
        `cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  return name;
}

/** A logged model as clients read it. */
export function loggedModelJson(model: LoggedModel): object {
  return {
    info: {
      model_id: model.id,
      experiment_id: String(model.experimentId),
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: model.artifactUri,
      status: STATUS[model.state as keyof typeof STATUS],
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      status_message: model.message,
      tags: model.tags,
    },
    data: {
      params: model.params,
      metrics: model.metrics.map((metric) => ({
        key: metric.key,
        value: metric.value,
        timestamp: metric.at,
        step: metric.step,
        model_id: model.id,
        run_id: metric.runId,
        ...(metric.datasetName === '' ? {} : { dataset_name: metric.datasetName }),
        ...(metric.datasetDigest === '' ? {} : { dataset_digest: metric.datasetDigest }),
      })),
    },
  };
}
