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
    start_time: run.startedAt ?? undefined,
    end_time: run.endedAt ?? undefined,
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.deleted ? 'deleted' : 'active',
  };
}

/**
 * A run with all but the histories of its metrics. It holds neither null nor an empty list nor a number that
 * JSON cannot spell, so that a page of a thousand is spelled at once.
 */
export function runJson(run: Run): object {
  return {
    info: runInfoJson(run),
    data: {
      metrics: filled(run.metrics, metricJson),
      params: filled(run.params, ({ key, value }) => ({ key, value })),
      tags: filled(run.tags, ({ key, value }) => ({ key, value })),
    },
    inputs: {
      dataset_inputs: filled(run.datasets, datasetInputJson),
      model_inputs: filled(run.modelInputs, ({ modelId }) => ({ model_id: modelId })),
    },
    outputs: {
      model_outputs: filled(run.modelOutputs, ({ modelId, step }) => ({ model_id: modelId, step })),
    },
  };
}

function filled<T>(items: readonly T[], spell: (item: T) => object): readonly object[] | undefined {
  return items.length === 0 ? undefined : items.map(spell);
}

/** One point of a metric. */
export function metricJson({ key, value, at, step }: MetricPoint): object {
  return { key, value: Number.isNaN(value) ? 'NaN' : value, timestamp: at, step };
}

/** Points of one metric as a JSON list, put together by hand: 100,000 of them take 30 ms. */
export function historyJson(points: readonly MetricPoint[]): string {
  const start = `{"key":${JSON.stringify(points[0]?.key ?? '')},"value":`;
  return `[${points
    .map(
      ({ value, at, step }) =>
        `${start}${Number.isNaN(value) ? '"NaN"' : value},"timestamp":${at},"step":${step}}`,
    )
    .join(',')}]`;
}

function datasetInputJson({ dataset, tags }: RunDataset): object {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  return {
    tags: filled(tags, (tag) => tag),
    dataset: {
      name,
      digest,
      source_type: sourceType,
      source,
      schema: schema ?? undefined,
      profile: profile ?? undefined,
    },
  };
}
