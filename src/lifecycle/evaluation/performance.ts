import { asJson, type Json } from '../../kernel/json.ts';
import type { Interval } from '../../learn/bootstrap.ts';
import { calibrationTable } from '../../learn/metrics/calibration.ts';
import { rocCurve } from '../../learn/metrics/curve.ts';
import { METRIC_NAMES } from '../../learn/metrics/find-metric.ts';
import { judge, judgedBy, judgementsJson } from '../problem/index.ts';
import type { EvidencedOutcome, StageScope } from '../stage-scope.ts';
import { baselineScores } from './baseline.ts';
import { compareChampion } from './champion.ts';
import type { EvaluationInputs, EvaluationOutputs } from './evaluation-inputs.ts';
import { finite, intervalsJson } from './interval-json.ts';
import { measure, measuredMetrics, type Measurements } from './measure.ts';
import { scoreTest } from './score-test.ts';

/**
 * Figures of the model, the baseline and the champion on the test rows, and the criteria held against them.
 */
export async function performanceStep(
  scope: StageScope,
  inputs: EvaluationInputs,
): Promise<EvidencedOutcome<EvaluationOutputs>> {
  scope.workflow.report({ text: 'evaluation: figures with intervals' });
  const { split, scores } = await scoreTest(scope, inputs);
  const { test } = split;
  const asked = inputs.criteria.filter((criterion) => judgedBy(criterion) === 'evaluation');
  const live = inputs.criteria
    .map((criterion) => criterion.metric)
    .filter((name) => METRIC_NAMES.includes(name));
  const names = measuredMetrics(inputs.kind, live);
  const model = measure(names, test.target, scores);
  const simple = measure(names, test.target, baselineScores(inputs.baseline, split));
  const champion = await compareChampion(scope, inputs, { test, scores });
  const criteria = asked.map((criterion) => {
    const interval = model[criterion.metric] as Interval;
    const baseline = finite(simple[criterion.metric]?.estimate ?? Number.NaN);
    const figures = baseline === null ? {} : { baseline };
    return judge(criterion, { value: interval.estimate, low: interval.low, high: interval.high }, figures);
  });
  const failed = criteria.some((criterion) => criterion.verdict === 'fail');
  return {
    result: { criteria, test: estimates(model) },
    evidence: [
      {
        kind: 'performance',
        subject: inputs.training.modelBlob,
        verdict: failed ? ('fail' as const) : ('pass' as const),
        title: headline(model, simple),
        body: asJson({
          rows: test.rows,
          bounds: inputs.training.bounds,
          criteria: judgementsJson(criteria),
          model: intervalsJson(model),
          baseline: { is: asJson(inputs.baseline), figures: intervalsJson(simple) },
          champion,
          figures: inputs.kind === 'classification' ? classificationFigures(test.target, scores, model) : [],
        }),
      },
    ],
  };
}

function headline(model: Measurements, simple: Measurements): string {
  const [name, interval] = Object.entries(model)[0] ?? ['', undefined];
  const shown = (value: number | undefined): string => value?.toFixed(4) ?? '';
  const range = `(${shown(interval?.low)} to ${shown(interval?.high)})`;
  return `${name} ${shown(interval?.estimate)} ${range}, baseline ${shown(simple[name]?.estimate)}`;
}

function estimates(measurements: Measurements): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(measurements).map(([name, { estimate }]) => [name, finite(estimate)]),
  );
}

function classificationFigures(target: Float64Array, scores: Float64Array, model: Measurements): Json[] {
  const roc = rocCurve(target, scores);
  const bins = calibrationTable(target, scores);
  const area = finite(model.roc_auc?.estimate ?? Number.NaN);
  return [
    {
      kind: 'roc',
      title: 'Receiver operating characteristic',
      series: [
        {
          name: 'model',
          points: Array.from(roc.x, (x, i): Json => [x, roc.y[i] ?? 0]),
          ...(area === null ? {} : { area }),
        },
      ],
    },
    {
      kind: 'reliability',
      title: 'Calibration on held-out rows',
      series: [
        {
          name: 'model',
          bins: bins.map((bin) => ({ predicted: bin.score, observed: bin.rate, count: bin.rows })),
        },
      ],
    },
  ];
}
