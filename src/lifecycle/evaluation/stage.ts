import { TendError } from '../../kernel/error.ts';
import type { JudgedCriterion } from '../../kernel/figure.ts';
import { hashJson } from '../../kernel/hash.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { decideFrame } from '../../decide/release-frame.ts';
import { type ReleaseManifest, releaseManifestSchema } from '../../decide/release.ts';
import type { Interval } from '../../learn/bootstrap.ts';
import { bootstrapDifference } from '../../learn/bootstrap.ts';
import { calibrationTable } from '../../learn/metrics/calibration.ts';
import { rocCurve } from '../../learn/metrics/curve.ts';
import { findMetric } from '../../learn/metrics/find-metric.ts';
import { metricBySlice } from '../../learn/metrics/slices.ts';
import type { DataOutputs, Examples, SplitSpec } from '../data/index.ts';
import { type Criterion, describeJudgement, judge, judgedBy, judgementsJson } from '../problem/index.ts';
import { evidencedStep, type KeyScope, type StageResult, type StageScope } from '../stage-scope.ts';
import {
  aliasedVersion,
  decodeNativeModel,
  loadSplit,
  openRelease,
  type TrainingOutputs,
} from '../training/index.ts';
import { type BaselineSpec, baselineScores } from './baseline.ts';
import { explainModel } from './explain.ts';
import { measure, measuredMetrics, type Measurements } from './measure.ts';
import { sliceColumn } from './slice-columns.ts';

export interface EvaluationInputs {
  readonly kind: 'classification' | 'regression';
  readonly criteria: readonly Criterion[];
  readonly baseline: BaselineSpec;
  readonly slices: readonly string[];
  readonly compareChampion: boolean;
  readonly split: SplitSpec;
  readonly seed: number;
  readonly data: DataOutputs;
  readonly training: TrainingOutputs;
}

/** What evaluation hands on: the figures that later criteria lean on, and how each criterion came out. */
export type EvaluationOutputs = {
  readonly criteria: readonly JudgedCriterion[];
  /** Value of each measured metric on the test rows. */
  readonly test: Readonly<Record<string, number | null>>;
};

/** Hash of what the judgement depends on. The champion is part of it: a new one asks for a new comparison. */
export async function evaluationKey(scope: KeyScope, inputs: EvaluationInputs): Promise<string> {
  const champion = await otherChampion(scope, inputs);
  const { kind, criteria, baseline, slices, split, seed, training } = inputs;
  return hashJson({
    stage: 'evaluation',
    kind,
    baseline,
    slices,
    split,
    seed,
    modelBlob: training.modelBlob,
    bounds: training.bounds,
    criteria: criteria.filter((criterion) => judgedBy(criterion) === 'evaluation'),
    features: inputs.data.features.hash,
    champion: champion?.modelBlob ?? null,
    version: scope.version,
  });
}

/** The champion to compare with: none where that is switched off, and none when the model is the champion. */
async function otherChampion(scope: KeyScope, { compareChampion: asked, training }: EvaluationInputs) {
  if (!asked) return undefined;
  const champion = await aliasedVersion(scope.db, training.model, 'champion');
  return champion?.modelBlob === training.modelBlob ? undefined : champion;
}

/**
 * Judges the served model on the held-out rows: figures with intervals, baseline, champion, slices, reasons.
 */
export async function runEvaluation(
  scope: StageScope,
  inputs: EvaluationInputs,
): Promise<StageResult<EvaluationOutputs>> {
  const performance = await evidencedStep<EvaluationOutputs>(scope, 'evaluation', 'performance', () =>
    performanceStep(scope, inputs),
  );
  const slices = await evidencedStep(scope, 'evaluation', 'slices', () => slicesStep(scope, inputs));
  const explained = await evidencedStep(scope, 'evaluation', 'explanation', () =>
    explanationStep(scope, inputs),
  );
  const { criteria } = performance.result;
  const failed = criteria.filter((criterion) => criterion.verdict === 'fail');
  return {
    verdict: failed.length === 0 ? 'pass' : 'fail',
    reason:
      (failed.length === 0 ? criteria : failed)
        .map((one) => `${one.id}: ${describeJudgement(one)}`)
        .join('; ') || 'no criterion on test rows',
    evidence: [...performance.evidence, ...slices.evidence, ...explained.evidence],
    outputs: performance.result,
  };
}

interface Scored {
  readonly test: Examples;
  readonly scores: Float64Array;
  readonly manifest: ReleaseManifest;
}

/** The manifest of a release from its blob. @throws STATE_UNREADABLE when it is none. */
export async function readManifest(scope: StageScope, blob: string): Promise<ReleaseManifest> {
  const parsed = releaseManifestSchema.safeParse(
    JSON.parse(Buffer.from(await scope.blobs.read(blob)).toString('utf8')),
  );
  if (!parsed.success) throw new TendError('STATE_UNREADABLE', `blob ${blob} is no release manifest`);
  return parsed.data;
}

async function scoreTest(scope: StageScope, inputs: EvaluationInputs, manifestBlob: string): Promise<Scored> {
  const manifest = await readManifest(scope, manifestBlob);
  const { test } = await loadSplit(scope, inputs, inputs.training.bounds);
  const release = await openRelease(scope, manifest);
  return { test, scores: Float64Array.from(decideFrame(release, test.features)), manifest };
}

async function performanceStep(scope: StageScope, inputs: EvaluationInputs) {
  scope.workflow.report({ text: 'evaluation: figures with intervals' });
  const { test, scores } = await scoreTest(scope, inputs, inputs.training.manifestBlob);
  const split = await loadSplit(scope, inputs, inputs.training.bounds);
  const asked = inputs.criteria.filter((criterion) => judgedBy(criterion) === 'evaluation');
  const live = inputs.criteria.map((criterion) => criterion.metric).filter((name) => isOutcomeMetric(name));
  const names = measuredMetrics(inputs.kind, live);
  const model = measure(names, test.target, scores, inputs.seed);
  const simple = measure(names, test.target, baselineScores(inputs.baseline, split), inputs.seed);
  const champion = await compareChampion(scope, inputs, { test, scores });
  const criteria = asked.map((criterion) => {
    const interval = model[criterion.metric] as Interval;
    const figures = { baseline: simple[criterion.metric]?.estimate ?? Number.NaN };
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
        body: {
          rows: test.rows,
          bounds: inputs.training.bounds,
          criteria: judgementsJson(criteria),
          model: intervalsJson(model),
          baseline: { is: inputs.baseline as JsonObject, figures: intervalsJson(simple) },
          champion,
          figures: inputs.kind === 'classification' ? classificationFigures(test.target, scores, model) : [],
        } as unknown as JsonObject,
      },
    ],
  };
}

function isOutcomeMetric(name: string): boolean {
  try {
    findMetric(name);
    return true;
  } catch {
    return false;
  }
}

async function compareChampion(
  scope: StageScope,
  inputs: EvaluationInputs,
  candidate: { readonly test: Examples; readonly scores: Float64Array },
): Promise<JsonObject | null> {
  const champion = await otherChampion(scope, inputs);
  if (champion?.manifestHash == null) return null;
  const manifest = await readManifest(scope, champion.manifestHash);
  const missing = manifest.inputs.filter(
    (input) => candidate.test.features.columns[input.name] === undefined,
  );
  if (missing.length > 0) {
    return {
      version: champion.version,
      compared: false,
      reason: `it takes other inputs: ${missing.map((i) => i.name).join(', ')}`,
    };
  }
  const second = Float64Array.from(decideFrame(await openRelease(scope, manifest), candidate.test.features));
  const name = inputs.kind === 'classification' ? 'roc_auc' : 'rmse';
  const difference = bootstrapDifference(
    findMetric(name),
    candidate.test.target,
    { first: candidate.scores, second },
    { seed: inputs.seed },
  );
  return { version: champion.version, compared: true, metric: name, difference: intervalJson(difference) };
}

function headline(model: Measurements, simple: Measurements): string {
  const [name, interval] = Object.entries(model)[0] ?? ['', undefined];
  const shown = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(4));
  return `${name} ${shown(interval?.estimate)} (${shown(interval?.low)} to ${shown(interval?.high)}), baseline ${shown(simple[name]?.estimate)}`;
}

function estimates(measurements: Measurements): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(measurements).map(([name, { estimate }]) => [name, finite(estimate)]),
  );
}

function intervalsJson(measurements: Measurements): JsonObject {
  return Object.fromEntries(
    Object.entries(measurements).map(([name, interval]) => [name, intervalJson(interval)]),
  );
}

function intervalJson({ estimate, low, high }: Interval): JsonObject {
  return { value: finite(estimate), low: finite(low), high: finite(high) };
}

/** NaN says "not defined" in figures; JSON has null for that. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
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

/** Slices shown of one feature; the rest is counted. */
const SLICES_SHOWN_MAX = 60;

async function slicesStep(scope: StageScope, inputs: EvaluationInputs) {
  scope.workflow.report({ text: 'evaluation: slices' });
  const { test, scores } = await scoreTest(scope, inputs, inputs.training.manifestBlob);
  const name = inputs.kind === 'classification' ? 'roc_auc' : 'rmse';
  const reports = inputs.slices.map((slice) => {
    const report = metricBySlice(findMetric(name), sliceColumn(test, slice), test.target, scores, {
      seed: inputs.seed,
    });
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
      const shown = report.slices.slice(0, SLICES_SHOWN_MAX);
      const values = (pick: (interval: Interval) => number) => shown.map((one) => finite(pick(one.interval)));
      return {
        kind: 'slices',
        subject: inputs.training.modelBlob,
        verdict: 'info' as const,
        title: `${name} by ${slice}: ${report.slices.length} slices, worst ${worst[index] ?? 'none'}`,
        body: {
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
        } as unknown as JsonObject,
      };
    }),
  };
}

async function explanationStep(scope: StageScope, inputs: EvaluationInputs) {
  scope.workflow.report({ text: 'evaluation: importance and contributions' });
  const { test } = await loadSplit(scope, inputs, inputs.training.bounds);
  const native = decodeNativeModel(await scope.blobs.read(inputs.training.nativeBlob));
  const metric = inputs.kind === 'classification' ? 'roc_auc' : 'rmse';
  const body = explainModel(native, inputs.data.features.inputs, test, { metric, seed: inputs.seed });
  return {
    result: {},
    evidence: [
      {
        kind: 'explanation',
        subject: inputs.training.modelBlob,
        verdict: 'info' as const,
        title: 'Which inputs the model leans on',
        body,
      },
    ],
  };
}
