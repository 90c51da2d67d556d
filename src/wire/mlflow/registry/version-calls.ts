import { TendError } from '../../../kernel/error.ts';
import { moveVersionStage } from '../../../lifecycle/deployment/index.ts';
import { readVersion } from '../../../lifecycle/training/registry/read-registry.ts';
import { searchVersions } from '../../../lifecycle/training/registry/search-registry.ts';
import {
  createVersion,
  deleteVersion,
  deleteVersionTag,
  describeVersion,
  setVersionTag,
} from '../../../lifecycle/training/registry/version-store.ts';
import { flag, int64, list, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { registrySearch } from '../filter/registry-filter.ts';
import { invalid } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { key, KEY_CHARS_MAX } from '../tracking/keys.ts';
import {
  DESCRIPTION_CHARS_MAX,
  modelName,
  newTags,
  readTags,
  tagFields,
  versionNumber,
  versionStage,
} from './fields.ts';
import { versionJson } from './registry-json.ts';

const ROOT = '/mlflow/model-versions';
const read = { method: 'GET', since: '2.0', permission: 'model.read' } as const;
const write = { since: '2.0', permission: 'model.write' } as const;
const one = { name: required(modelName()), version: required(versionNumber()) };

const SOURCE_CHARS_MAX = 5_000;
const VERSIONS_MAX = 200_000;

/** Versions of models: made, found, changed, deleted; their stages go through the gate. */
export const versionCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/create`,
    input: message({
      name: required(modelName()),
      source: required(text(SOURCE_CHARS_MAX)),
      run_id: text(KEY_CHARS_MAX),
      run_link: text(SOURCE_CHARS_MAX),
      model_id: text(KEY_CHARS_MAX),
      description: text(DESCRIPTION_CHARS_MAX),
      tags: newTags,
    }),
    handler: async (ctx, input) => {
      if (input.source === '') throw invalid("Missing value for required parameter 'source'.");
      const version = await createVersion(ctx, {
        model: input.name,
        source: input.source,
        runId: input.run_id || null,
        runLink: input.run_link || null,
        loggedModelId: input.model_id || null,
        description: input.description ?? null,
        userName: ctx.principal.name,
        tags: readTags(input.tags),
      });
      return { model_version: versionJson(version) };
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/get`,
    input: message(one),
    handler: async (ctx, input) => ({
      model_version: versionJson(await readVersion(ctx, input.name, input.version)),
    }),
  }),
  rpc({
    ...read,
    path: `${ROOT}/get-download-uri`,
    input: message(one),
    handler: async (ctx, input) => {
      const { state, location } = await readVersion(ctx, input.name, input.version);
      if (state === 'retired')
        throw new TendError('NOT_FOUND', `Version ${input.version} of ${input.name} was retired.`);
      return { artifact_uri: location };
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
      const { versions, next } = await searchVersions(ctx, {
        ...registrySearch('version', input.filter, input.order_by),
        limit: pageLimit(input.max_results, 10_000, VERSIONS_MAX),
        offset: after?.offset ?? 0,
      });
      return {
        model_versions: versions.map(versionJson),
        next_page_token: next === undefined ? undefined : pageToken({ offset: next }),
      };
    },
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/update`,
    input: message({ ...one, description: text(DESCRIPTION_CHARS_MAX) }),
    handler: async (ctx, input) => {
      const version = await describeVersion(ctx, input.name, input.version, input.description ?? '');
      return { model_version: versionJson(version) };
    },
  }),
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/transition-stage`,
    input: message({ ...one, stage: required(versionStage()), archive_existing_versions: required(flag()) }),
    handler: async (ctx, input) => {
      const { name, version, stage, archive_existing_versions: archiveOthers } = input;
      if (archiveOthers && stage !== 'Production' && stage !== 'Staging')
        throw invalid(
          'Model version transition cannot archive existing model versions because ' +
            `'${stage}' is not an Active stage. Valid stages are Production, Staging`,
        );
      await moveVersionStage(ctx, name, version, { stage, archiveOthers });
      return { model_version: versionJson(await readVersion(ctx, name, version)) };
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/delete`,
    input: message(one),
    handler: async (ctx, input) => {
      await deleteVersion(ctx, input.name, input.version);
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/set-tag`,
    input: message({ ...one, ...tagFields }),
    handler: async (ctx, input) => {
      await setVersionTag(ctx, input.name, input.version, { key: input.key, value: input.value });
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/delete-tag`,
    input: message({ ...one, key: required(key()) }),
    handler: async (ctx, input) => {
      await deleteVersionTag(ctx, input.name, input.version, input.key);
      return undefined;
    },
  }),
];
