import { hashJson } from '../../../kernel/hash.ts';
import type { Statement } from '../../../store/database.ts';
import { jsonText } from '../../../store/json-text.ts';
import { sqlText } from '../../../store/sql-text.ts';
import { logBatch } from './log-batch.ts';
import type { RunDataset, RunModel } from './run.ts';
import type { TrackingContext } from './tracking-context.ts';

/** The tag of an input that says what it was used for. */
const CONTEXT_TAG = 'mlflow.data.context';

const NOTHING = { metrics: [], params: [], tags: [] };

/** Notes datasets and models that a run read; what it has already stays. @throws NOT_FOUND, INVALID_INPUT */
export function logInputs(
  ctx: TrackingContext,
  id: string,
  inputs: { readonly datasets: readonly RunDataset[]; readonly models: readonly RunModel[] },
): Promise<void> {
  const now = ctx.clock.now();
  return logBatch(ctx, id, NOTHING, ({ experimentId }) => [
    ...inputs.datasets.flatMap((one) => datasetStatements(id, experimentId, one, now)),
    ...inputs.models.map((model) => modelStatement(id, 'input', model, now)),
  ]);
}

/** Notes models that a run made. @throws NOT_FOUND, INVALID_INPUT */
export function logOutputs(ctx: TrackingContext, id: string, models: readonly RunModel[]): Promise<void> {
  const now = ctx.clock.now();
  return logBatch(ctx, id, NOTHING, () => models.map((model) => modelStatement(id, 'output', model, now)));
}

function datasetStatements(
  runId: string,
  experimentId: number,
  { dataset, tags }: RunDataset,
  now: number,
): Statement[] {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  const id = hashJson([experimentId, name, digest]);
  const context = tags.find((tag) => tag.key === CONTEXT_TAG)?.value ?? null;
  return [
    {
      query: sqlText(
        'insert into logged_dataset (id, experiment_id, name, digest, source_type, source, schema, ' +
          'profile) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
        [id, experimentId, name, digest, sourceType, source, schema, profile],
      ),
    },
    {
      query: sqlText(
        'insert into run_input (run_id, dataset_id, context, tags, created_at) values (?, ?, ?, ?, ?) ' +
          'on conflict do nothing',
        [runId, id, context, jsonText(tags.map(({ key, value }) => ({ key, value }))), now],
      ),
    },
  ];
}

function modelStatement(
  runId: string,
  role: 'input' | 'output',
  { modelId, step }: RunModel,
  now: number,
): Statement {
  return {
    query: sqlText(
      'insert into run_model (run_id, role, model_id, step, created_at) values (?, ?, ?, ?, ?) ' +
        'on conflict (run_id, role, model_id) do update set step = excluded.step',
      [runId, role, modelId, step, now],
    ),
  };
}
