import type { Statement } from '../../../store/database.ts';
import { insertRows } from '../../../store/sql-text.ts';
import { storedValue } from './measurement-store.ts';
import type { MetricPoint } from './run.ts';

/** A value that a run measured on a logged model, on a dataset or (empty names) on none that is named. */
export interface ModelMetric extends MetricPoint {
  readonly modelId: string;
  readonly datasetName: string;
  readonly datasetDigest: string;
}

/** Statements that keep the newest of each metric by model, dataset and run. */
export function noteModelMetrics(runId: string, metrics: readonly ModelMetric[]): () => readonly Statement[] {
  return () => {
    const newest = new Map<string, ModelMetric>();
    for (const metric of metrics) {
      const { modelId, key, datasetName, datasetDigest } = metric;
      const id = JSON.stringify([modelId, key, datasetName, datasetDigest]);
      const known = newest.get(id);
      if (
        known === undefined ||
        metric.step > known.step ||
        (metric.step === known.step && metric.at >= known.at)
      )
        newest.set(id, metric);
    }
    const rows = [...newest.values()].map((metric) => {
      const { value, nan } = storedValue(metric.value);
      const { modelId, key, datasetName, datasetDigest, at, step } = metric;
      return [modelId, key, datasetName, datasetDigest, runId, at, step, value, nan];
    });
    return insertRows(
      rows,
      (values) =>
        'insert into logged_model_metric (model_id, key, dataset_name, dataset_digest, run_id, at, step, ' +
        `value, nan) values ${values} on conflict (model_id, key, dataset_name, dataset_digest, run_id) ` +
        'do update set at = excluded.at, step = excluded.step, value = excluded.value, nan = excluded.nan ' +
        'where (excluded.step, excluded.at) >= (logged_model_metric.step, logged_model_metric.at)',
    ).map(({ query }) => ({ query }));
  };
}
