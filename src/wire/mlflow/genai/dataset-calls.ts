import {
  addDatasetExperiments,
  createDataset,
  deleteDataset,
  deleteDatasetTag,
  readDataset,
  removeDatasetExperiments,
  setDatasetTags,
} from '../../../lifecycle/training/genai/dataset-store.ts';
import { searchDatasets } from '../../../lifecycle/training/genai/search-datasets.ts';
import { int64, list, text } from '../codec/field.ts';
import { jsonText } from '../codec/json-text.ts';
import { message, required } from '../codec/message.ts';
import { datasetSearch } from '../filter/dataset-filter.ts';
import { invalid } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from '../tracking/experiment-id.ts';
import { KEY_CHARS_MAX } from '../tracking/keys.ts';
import { datasetJson } from './dataset-json.ts';
import { tagList } from './record-fields.ts';

const ROOT = '/mlflow/datasets';
const NAME_CHARS_MAX = 255;
const SEARCH_USUAL = 1_000;
const SEARCH_MAX = 50_000;
const TAGS_CHARS_MAX = 900_000;

const id = required(text(KEY_CHARS_MAX));
const experiments = list(experimentId(), 1_000);
const write = { since: '3.0', permission: 'model.write' } as const;
const read = { since: '3.0', permission: 'model.read' } as const;

/** Found by either method. */
const search = (method: 'GET' | 'POST'): AnyRpc =>
  rpc({
    ...read,
    method,
    path: `${ROOT}/search`,
    input: message({
      experiment_ids: experiments,
      filter_string: text(),
      max_results: int64(),
      order_by: list(text(1_000), 20),
      page_token: text(),
    }),
    handler: async (ctx, input) => {
      const after = readPageToken<{ offset: number }>(input.page_token, { offset: 'count' });
      const { datasets, next } = await searchDatasets(ctx, {
        ...datasetSearch(input.filter_string, input.order_by),
        experimentIds: input.experiment_ids,
        limit: pageLimit(input.max_results, SEARCH_USUAL, SEARCH_MAX),
        offset: after?.offset ?? 0,
      });
      return {
        datasets: datasets.map(datasetJson),
        next_page_token: next === undefined ? undefined : pageToken({ offset: next }),
      };
    },
  });

/** Says for which experiments a dataset is. */
const associate = (call: 'add' | 'remove'): AnyRpc =>
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/{dataset_id}/${call}-experiments`,
    input: message({ dataset_id: id, experiment_ids: experiments }),
    handler: async (ctx, { dataset_id: datasetId, experiment_ids: ids }) => {
      const change = call === 'add' ? addDatasetExperiments : removeDatasetExperiments;
      return { dataset: datasetJson(await change(ctx, datasetId, ids)) };
    },
  });

/** Datasets to evaluate with: made, found, tagged, associated and deleted. */
export const datasetCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/create`,
    input: message({
      name: required(text(NAME_CHARS_MAX)),
      experiment_ids: experiments,
      tags: jsonText(TAGS_CHARS_MAX),
    }),
    handler: async (ctx, input) => {
      if (input.name.trim() === '')
        throw invalid("Invalid value for parameter 'name' supplied: a dataset has a name.");
      const tags = tagList(input.tags);
      const dataset = await createDataset(ctx, {
        name: input.name,
        tags,
        experimentIds: input.experiment_ids,
      });
      return { dataset: datasetJson(dataset) };
    },
  }),
  search('GET'),
  search('POST'),
  rpc({
    ...read,
    method: 'GET',
    path: `${ROOT}/{dataset_id}`,
    input: message({ dataset_id: id }),
    handler: async (ctx, input) => ({ dataset: datasetJson(await readDataset(ctx, input.dataset_id)) }),
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/{dataset_id}`,
    input: message({ dataset_id: id }),
    handler: async (ctx, input) => {
      await deleteDataset(ctx, input.dataset_id);
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/{dataset_id}/tags`,
    input: message({ dataset_id: id, tags: required(jsonText(TAGS_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      await setDatasetTags(ctx, input.dataset_id, tagList(input.tags));
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/{dataset_id}/tags/{key}`,
    input: message({ dataset_id: id, key: required(text(KEY_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      await deleteDatasetTag(ctx, input.dataset_id, input.key);
      return undefined;
    },
  }),
  rpc({
    ...read,
    method: 'GET',
    path: `${ROOT}/{dataset_id}/experiment-ids`,
    input: message({ dataset_id: id }),
    handler: async (ctx, input) => {
      const { experimentIds } = await readDataset(ctx, input.dataset_id);
      return { experiment_ids: experimentIds.map(String) };
    },
  }),
  associate('add'),
  associate('remove'),
];
