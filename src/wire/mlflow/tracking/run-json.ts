import type { Experiment } from '../../../lifecycle/training/tracking/experiment.ts';
import type { MetricPoint, Run, RunDataset, RunInfo } from '../../../lifecycle/training/tracking/run.ts';

/** An experiment as clients read it. */
export function experimentJson(experiment: Experiment): object {
  return {
    experiment_id: String(experiment.id),
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: experiment.deletedAt === null ? 'active' : 'deleted',
    last_update_time: experiment.updatedAt,
    creation_time: experiment.createdAt,
    tags: experiment.tags,
  };
}

/** What is known of a run beside its data. */
export function runInfoJson(run: RunInfo): object {
  return {
    run_uuid: run.id,
    run_id: run.id,
    run_name: run.name,
    experiment_id: String(run.experimentId),
    user_id: run.userName,
    status: run.state.toUpperCase(),
    start_time: run.startedAt,
    end_time: run.endedAt,
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.deleted ? 'deleted' : 'active',
  };
}

/** A run with all but the histories of its metrics. */
export function runJson(run: Run): object {
  return {
    info: runInfoJson(run),
    data: {
      metrics: run.metrics.map(metricJson),
      params: run.params.map(({ key, value }) => ({ key, value })),
      tags: run.tags.map(({ key, value }) => ({ key, value })),
    },
    inputs: {
      dataset_inputs: run.datasets.map(datasetInputJson),
      model_inputs: run.modelInputs.map(({ modelId }) => ({ model_id: modelId })),
    },
    outputs: {
      model_outputs: run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step })),
    },
  };
}

/** One point of a metric. */
export function metricJson({ key, value, at, step }: MetricPoint): object {
  return { key, value, timestamp: at, step };
}

function datasetInputJson({ dataset, tags }: RunDataset): object {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  return { tags, dataset: { name, digest, source_type: sourceType, source, schema, profile } };
}
