import {
  createModel,
  deleteModel,
  deleteModelTag,
  describeModel,
  renameModel,
  setModelTag,
} from '../../../lifecycle/training/registry/model-store.ts';
import { readModel } from '../../../lifecycle/training/registry/read-registry.ts';
import { searchModels } from '../../../lifecycle/training/registry/search-registry.ts';
import { int64, list, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { registrySearch } from '../filter/registry-filter.ts';
import type { MlflowContext } from '../mlflow-context.ts';
import { alreadyExists } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { key } from '../tracking/keys.ts';
import { DESCRIPTION_CHARS_MAX, modelName, newTags, readTags, tagFields, versionStage } from './fields.ts';
import { modelJson, versionJson } from './registry-json.ts';

const ROOT = '/mlflow/registered-models';
const read = { method: 'GET', since: '2.0', permission: 'model.read' } as const;
const write = { since: '2.0', permission: 'model.write' } as const;
const name = required(modelName());

const latestInput = message({ name, stages: list(versionStage(), 100) });

async function latestVersions(
  ctx: MlflowContext,
  input: ReturnType<(typeof latestInput)['read']>,
): Promise<object> {
  const { latest } = await readModel(ctx, input.name);
  const asked = latest.filter(({ stage }) => input.stages.length === 0 || input.stages.includes(stage));
  return { model_versions: asked.map(versionJson) };
}

const MODELS_MAX = 1_000;

/** Registered models: made, found, changed, deleted. */
export const modelCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/create`,
    input: message({ name, tags: newTags, description: text(DESCRIPTION_CHARS_MAX) }),
    handler: async (ctx, input) => {
      const { description = null } = input;
      const made = createModel(ctx, { name: input.name, description, tags: readTags(input.tags) });
      return { registered_model: modelJson(await alreadyExists(made)) };
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/get`,
    input: message({ name }),
    handler: async (ctx, input) => ({ registered_model: modelJson(await readModel(ctx, input.name)) }),
  }),
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/rename`,
    input: message({ name, new_name: required(modelName()) }),
    handler: async (ctx, input) => {
      const { project } = await readModel(ctx, input.name);
      const renamed = renameModel(ctx, input.name, input.new_name);
      // What a project does not let go is a conflict, and no matter of names.
      return { registered_model: modelJson(await (project === null ? alreadyExists(renamed) : renamed)) };
    },
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/update`,
    input: message({ name, description: text(DESCRIPTION_CHARS_MAX) }),
    handler: async (ctx, input) => ({
      registered_model: modelJson(await describeModel(ctx, input.name, input.description ?? '')),
    }),
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/delete`,
    input: message({ name }),
    handler: async (ctx, input) => {
      await deleteModel(ctx, input.name);
      return undefined;
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/search`,
    input: message({
      filter: text(),
      max_results: int64(),
      order_by: list(text(1_000), 20),
      page_token: text(),
    }),
    handler: async (ctx, input) => {
      const after = readPageToken<{ offset: number }>(input.page_token, { offset: 'count' });
      const { models, next } = await searchModels(ctx, {
        ...registrySearch('model', input.filter, input.order_by),
        limit: pageLimit(input.max_results, 100, MODELS_MAX),
        offset: after?.offset ?? 0,
      });
      return {
        registered_models: models.map(modelJson),
        next_page_token: next === undefined ? undefined : pageToken({ offset: next }),
      };
    },
  }),
  rpc({ ...read, path: `${ROOT}/get-latest-versions`, input: latestInput, handler: latestVersions }),
  rpc({
    ...read,
    method: 'POST',
    path: `${ROOT}/get-latest-versions`,
    input: latestInput,
    handler: latestVersions,
  }),
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/set-tag`,
    input: message({ name, ...tagFields }),
    handler: async (ctx, input) => {
      await setModelTag(ctx, input.name, { key: input.key, value: input.value });
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/delete-tag`,
    input: message({ name, key: required(key()) }),
    handler: async (ctx, input) => {
      await deleteModelTag(ctx, input.name, input.key);
      return undefined;
    },
  }),
];
