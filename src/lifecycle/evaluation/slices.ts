import { asJson } from '../../kernel/json.ts';
import type { Interval } from '../../learn/bootstrap.ts';
import { findMetric } from '../../learn/metrics/find-metric.ts';
import { metricBySlice } from '../../learn/metrics/slices.ts';
import type { EvidencedOutcome, StageScope } from '../stage-scope.ts';
import type { EvaluationInputs } from './evaluation-inputs.ts';
import { finite, intervalJson } from './interval-json.ts';
import { headMetric } from './measure.ts';
import { scoreTest } from './score-test.ts';
import { sliceColumn } from './slice-columns.ts';

/** Slices shown of one feature; the rest is counted. */
const SLICES_SHOWN_MAX = 60;

/** The metric of the kind on the values of each feature to slice by: a piece of evidence for each. */
export async function slicesStep(
  scope: StageScope,
  inputs: EvaluationInputs,
): Promise<EvidencedOutcome<object>> {
  scope.workflow.report({ text: 'evaluation: slices' });
  const { split, scores } = await scoreTest(scope, inputs);
  const { test } = split;
  const name = headMetric(inputs.kind);
  const reports = inputs.slices.map((slice) => {
    const report = metricBySlice(findMetric(name), sliceColumn(test, slice), test.target, scores);
    return { slice, report };
  });
  const worst = reports.map(({ slice, report }) =>
    report.worst === null
      ? null
      : `${slice} ${report.worst.level ?? 'missing'} ${report.worst.interval.estimate.toFixed(3)}`,
  );
  return {
    result: {},
    evidence: reports.map(({ slice, report }, index) => {
      const shown = inOrder(report.slices.slice(0, SLICES_SHOWN_MAX));
      const values = (pick: (interval: Interval) => number) => shown.map((one) => finite(pick(one.interval)));
      return {
        kind: 'slices',
        subject: inputs.training.modelBlob,
        verdict: 'info' as const,
        title: `${name} by ${slice}: ${report.slices.length} slices, worst ${worst[index] ?? 'none'}`,
        body: asJson({
          by: slice,
          metric: name,
          slices: shown.map((one) => ({ level: one.level, rows: one.rows, ...intervalJson(one.interval) })),
          not_shown: report.slices.length - shown.length,
          figures: [
            {
              kind: 'bars',
              title: `${name} by ${slice}`,
              x: { label: slice },
              y: { label: name },
              categories: shown.map((one) => one.level ?? 'missing'),
              series: [
                {
                  name,
                  values: values((i) => i.estimate),
                  low: values((i) => i.low),
                  high: values((i) => i.high),
                },
              ],
            },
          ],
        }),
      };
    }),
  };
}

/** The most frequent come first; hours and the like stand in their own order. */
function inOrder<S extends { readonly level: string | null }>(slices: readonly S[]): S[] {
  const numbers = slices.every(({ level }) => level === null || Number.isFinite(Number(level)));
  return numbers ? [...slices].sort((a, b) => Number(a.level) - Number(b.level)) : [...slices];
}
