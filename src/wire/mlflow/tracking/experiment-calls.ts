import { datasetSummaries } from '../../../lifecycle/training/tracking/dataset-summaries.ts';
import {
  createExperiment,
  deleteExperiment,
  deleteExperimentTag,
  experimentByName,
  readExperiment,
  renameExperiment,
  restoreExperiment,
  setExperimentTag,
} from '../../../lifecycle/training/tracking/experiment-store.ts';
import { searchExperiments } from '../../../lifecycle/training/tracking/search-experiments.ts';
import { int64, list, oneOf, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { experimentSearch } from '../filter/experiment-filter.ts';
import { alreadyExists, invalid } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from './experiment-id.ts';
import { cutText, key, refuseTwice, TAG_CHARS_MAX } from './keys.ts';
import { experimentJson } from './run-json.ts';

/** Longest name of an experiment, and of a place for artifacts. */
const NAME_CHARS_MAX = 500;

const tag = message({ key: required(key()), value: required(cutText(TAG_CHARS_MAX)) });
const nothing = async (work: Promise<unknown>): Promise<undefined> => {
  await work;
  return undefined;
};

/** Which of deleted and others to show. */
export const viewType = oneOf({ ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 });

const search = {
  path: '/mlflow/experiments/search',
  since: '2.0',
  permission: 'model.read',
  input: message({
    max_results: int64(),
    page_token: text(),
    filter: text(),
    order_by: list(text(1_000), 100),
    view_type: viewType,
  }),
} as const;

const searchHandler: Parameters<typeof rpc<ReturnType<typeof search.input.read>>>[0]['handler'] = async (
  ctx,
  input,
) => {
  const after = readPageToken<{ offset: number }>(input.page_token, { offset: 'count' });
  const { experiments, next } = await searchExperiments(ctx, {
    ...experimentSearch(input.filter, input.order_by),
    show: { ACTIVE_ONLY: 'active', DELETED_ONLY: 'deleted', ALL: 'all' }[
      input.view_type ?? 'ACTIVE_ONLY'
    ] as 'active',
    limit: pageLimit(input.max_results, 1_000, 50_000),
    offset: after?.offset ?? 0,
  });
  return {
    experiments: experiments.map(experimentJson),
    next_page_token: next === undefined ? undefined : pageToken({ offset: next }),
  };
};

/** Experiments: made, found, renamed, tagged, deleted and restored. */
export const experimentCalls: readonly AnyRpc[] = [
  rpc({
    method: 'POST',
    path: '/mlflow/experiments/create',
    since: '2.0',
    permission: 'model.write',
    input: message({
      name: required(text(NAME_CHARS_MAX)),
      artifact_location: text(NAME_CHARS_MAX),
      tags: list(tag, 100),
    }),
    handler: async (ctx, { name, artifact_location: location, tags }) => {
      refuseTwice(tags, 'tag');
      const id = await alreadyExists(
        createExperiment(ctx, {
          name: checkedName(name),
          tags,
          ...(location === undefined || location === ''
            ? {}
            : { artifactLocation: checkedLocation(location) }),
        }),
      );
      return { experiment_id: String(id) };
    },
  }),
  rpc({
    method: 'GET',
    path: '/mlflow/experiments/get',
    since: '2.0',
    permission: 'model.read',
    input: message({ experiment_id: required(experimentId()) }),
    handler: async (ctx, input) => ({
      experiment: experimentJson(await readExperiment(ctx, input.experiment_id)),
    }),
  }),
  rpc({
    method: 'GET',
    path: '/mlflow/experiments/get-by-name',
    since: '2.0',
    permission: 'model.read',
    input: message({ experiment_name: required(text(NAME_CHARS_MAX)) }),
    handler: async (ctx, input) => ({
      experiment: experimentJson(await experimentByName(ctx, input.experiment_name)),
    }),
  }),
  rpc({ ...search, method: 'GET', handler: searchHandler }),
  rpc({ ...search, method: 'POST', handler: searchHandler }),
  rpc({
    method: 'POST',
    path: '/mlflow/experiments/update',
    since: '2.0',
    permission: 'model.write',
    input: message({ experiment_id: required(experimentId()), new_name: required(text(NAME_CHARS_MAX)) }),
    handler: (ctx, input) =>
      nothing(alreadyExists(renameExperiment(ctx, input.experiment_id, checkedName(input.new_name)))),
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/experiments/delete',
    since: '2.0',
    permission: 'model.write',
    input: message({ experiment_id: required(experimentId()) }),
    handler: (ctx, input) => nothing(deleteExperiment(ctx, input.experiment_id)),
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/experiments/restore',
    since: '2.0',
    permission: 'model.write',
    input: message({ experiment_id: required(experimentId()) }),
    handler: (ctx, input) => nothing(restoreExperiment(ctx, input.experiment_id)),
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/experiments/set-experiment-tag',
    since: '2.0',
    permission: 'model.write',
    input: message({
      experiment_id: required(experimentId()),
      key: required(key()),
      value: required(cutText(TAG_CHARS_MAX)),
    }),
    handler: (ctx, { experiment_id: id, ...one }) => nothing(setExperimentTag(ctx, id, one)),
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/experiments/delete-experiment-tag',
    since: '2.0',
    permission: 'model.write',
    input: message({ experiment_id: required(experimentId()), key: required(key()) }),
    handler: (ctx, input) => nothing(deleteExperimentTag(ctx, input.experiment_id, input.key)),
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/experiments/search-datasets',
    since: '2.0',
    permission: 'model.read',
    input: message({ experiment_ids: list(experimentId(), 20) }),
    handler: async (ctx, { experiment_ids: ids }) => {
      if (ids.length === 0) throw invalid('SearchDatasets request must specify at least one experiment_id.');
      const summaries = await datasetSummaries(ctx, ids);
      return {
        dataset_summaries: summaries.map(({ experimentId: id, ...rest }) => ({
          experiment_id: String(id),
          ...rest,
        })),
      };
    },
  }),
];

function checkedName(name: string): string {
  if (name.trim() === '')
    throw invalid(`Invalid experiment name: '${name}'. A name must hold more than white space.`);
  return name;
}

/** Where clients put the artifacts of the experiment. The server itself never opens such an address. */
function checkedLocation(location: string): string {
  const plain = location.replace(/\/+$/, '');
  // A control character is what is meant.
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\\#?;]|%|(?:^|[/:])\.\.(?:\/|$)/.test(plain) || plain === '')
    throw invalid(`Invalid artifact location: ${JSON.stringify(location)}.`);
  return plain;
}
