import { TendError } from '../../kernel/error.ts';
import { asJson, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Interval } from '../../learn/bootstrap.ts';
import { influenceDifference, influenceInterval } from '../../learn/influence-interval.ts';
import { findMetric } from '../../learn/metrics/find-metric.ts';
import type { Metric } from '../../learn/metrics/metric.ts';
import type { DataOutputs, SplitBounds } from '../data/index.ts';
import { headMetric, intervalJson, readManifest } from '../evaluation/index.ts';
import { type Evidenced, evidencedStep, type StageScope } from '../stage-scope.ts';
import { loadSplit, scoreExamples, type TrainingOutputs } from '../training/index.ts';
import type { Champion } from './champion.ts';
import type { RetrainingInputs } from './retraining-inputs.ts';

/** A figure with its 95 % interval; null: not defined on these rows. */
export type FigureInterval = {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
};

/** How a candidate came out beside the champion. `difference`: candidate minus champion. */
export type Compared = {
  readonly id: string;
  readonly window: string;
  readonly version: number;
  readonly figure: FigureInterval;
  readonly difference: FigureInterval;
  /** `better`, `worse`: the interval excludes zero on that side; `open`: it does not. */
  readonly verdict: 'better' | 'worse' | 'open';
};

/** The comparison of a retraining. */
export type Comparison = {
  readonly metric: string;
  readonly direction: 'higher' | 'lower';
  readonly rows: number;
  readonly candidates: readonly Compared[];
};

/** A candidate that has a version. */
export interface ComparedCandidate {
  readonly id: string;
  readonly window: string;
  readonly training: TrainingOutputs;
}

/**
 * Holds every candidate against the champion on the same rows, which none of them has seen: those of the
 * declared test window at the end, as far as they lie after all that the champion was made of. One step, one
 * piece of evidence of kind `comparison` (stage retraining), whose body is for other programs to read:
 *
 * ```
 * metric, direction ('higher' | 'lower'), level 0.95
 * judged     { from, to, rows }                         event times, milliseconds UTC, `to` exclusive;
 *                                                       from and to null where rows are divided by hash
 * champion   { version, release, run, trained, figure }
 * candidates [{ window, version, release, run, trained, figure, difference, verdict }]
 * ```
 *
 * `trained` is { from, validation, test, to }, milliseconds UTC: training rows lie in [from, validation),
 * those of early stopping in [validation, test); only rows whose outcome had arrived by `to` are in either;
 * null where rows are divided by hash. `figure` and `difference` are { value, low, high }; `difference` is
 * candidate minus champion; `verdict` is better, worse or open.
 */
export function compareCandidates(
  scope: StageScope,
  inputs: RetrainingInputs,
  setting: { readonly data: DataOutputs; readonly champion: Champion; readonly at: number },
  candidates: readonly ComparedCandidate[],
): Promise<Evidenced<Comparison>> {
  const { champion, data } = setting;
  return evidencedStep<Comparison>(scope, 'retraining', 'comparison', async () => {
    scope.workflow.report({ text: 'retraining: comparing with the champion' });
    const name = headMetric(inputs.kind);
    const metric = findMetric(name);
    const bounds = judgedBounds(setting, candidates);
    const { test } = await loadSplit(scope, { data, split: inputs.split }, bounds);
    if (test.rows === 0) {
      throw new TendError(
        'TRAINING_FAILED',
        'no row of the test window lies after what the champion has seen',
      );
    }
    const scoresOf = async (manifestBlob: string): Promise<Float64Array> =>
      scoreExamples(scope, await readManifest(scope, manifestBlob), test);
    const scores = [await scoresOf(champion.release)];
    for (const { training } of candidates) scores.push(await scoresOf(training.manifestBlob));
    const figures = scores.map((score) => influenceInterval(metric, test.target, score));
    const [second = new Float64Array(0), ...others] = scores;
    const differences = others.map((first) => influenceDifference(metric, test.target, { first, second }));
    const compared = candidates.map(({ id, window, training }, i) => ({
      id,
      window,
      version: training.version,
      figure: figureOf(figures[i + 1]),
      difference: figureOf(differences[i]),
      verdict: verdictOf(metric, differences[i]),
    }));
    const result: Comparison = {
      metric: name,
      direction: metric.direction,
      rows: test.rows,
      candidates: compared,
    };
    const own0 = figureOf(figures[0]);
    return {
      result,
      evidence: [
        {
          kind: 'comparison',
          subject: champion.release,
          verdict: 'info',
          title: titleOf(result, champion, own0),
          body: comparisonBody(inputs, { champion, bounds, result, figure: own0 }, candidates),
        },
      ],
    };
  });
}

/** All rows of the span are test rows: nothing of it was trained on. */
function judgedBounds(
  { champion, at }: { readonly champion: Champion; readonly at: number },
  candidates: readonly ComparedCandidate[],
): SplitBounds | null {
  const bounds = candidates.flatMap(({ training }) => (training.bounds === null ? [] : [training.bounds]));
  if (bounds.length === 0) return null;
  const from = Math.max(...bounds.map((one) => one.test), champion.bounds?.to ?? Number.NEGATIVE_INFINITY);
  return { from, validation: from, test: from, to: at };
}

function figureOf(interval: Interval | undefined): FigureInterval {
  return interval === undefined
    ? { value: null, low: null, high: null }
    : (intervalJson(interval) as FigureInterval);
}

/** Does the interval of a difference exclude zero, and on which side? */
export function verdictOf(
  { direction }: Pick<Metric, 'direction'>,
  interval: Pick<Interval, 'low' | 'high'> | undefined,
): Compared['verdict'] {
  if (interval === undefined) return 'open';
  const higher = interval.low > 0;
  const lower = interval.high < 0;
  if (!higher && !lower) return 'open';
  return higher === (direction === 'higher') ? 'better' : 'worse';
}

function titleOf(
  { metric, rows, candidates }: Comparison,
  { version }: Champion,
  own: FigureInterval,
): string {
  const each = candidates.map((one) => `${one.window} ${shown(one.figure.value)} (${one.verdict})`);
  const beside = `version ${version} ${shown(own.value)}, ${each.join(', ')}`;
  return `${metric} on ${rows.toLocaleString('en')} unseen rows: ${beside}`;
}

function shown(value: number | null): string {
  return value === null ? 'not defined' : value.toFixed(4);
}

function comparisonBody(
  inputs: RetrainingInputs,
  found: {
    readonly champion: Champion;
    readonly bounds: SplitBounds | null;
    readonly result: Comparison;
    readonly figure: FigureInterval;
  },
  candidates: readonly ComparedCandidate[],
): JsonObject {
  const { champion, bounds, result, figure } = found;
  const { metric, direction, rows } = result;
  return asJson({
    retraining: inputs.id,
    trigger: inputs.trigger,
    metric,
    direction,
    level: 0.95,
    judged: { from: bounds?.from ?? null, to: bounds?.to ?? null, rows },
    champion: {
      version: champion.version,
      release: champion.release,
      run: champion.run,
      trained: champion.bounds,
      figure,
    },
    candidates: result.candidates.map((one, i) => ({
      window: one.window,
      version: one.version,
      release: candidates[i]?.training.manifestBlob ?? null,
      run: candidates[i]?.training.runId ?? null,
      trained: candidates[i]?.training.bounds ?? null,
      figure: one.figure,
      difference: one.difference,
      verdict: one.verdict,
    })),
    figures: figuresOf(result, champion, figure),
  });
}

function figuresOf({ metric, candidates }: Comparison, champion: Champion, own: FigureInterval): Json[] {
  const bars = (title: string, names: readonly string[], values: readonly FigureInterval[]): JsonObject => ({
    kind: 'bars',
    title,
    x: { label: 'version' },
    y: { label: metric },
    categories: [...names],
    series: [
      {
        name: metric,
        values: values.map((one) => one.value),
        low: values.map((one) => one.low),
        high: values.map((one) => one.high),
      },
    ],
  });
  const names = candidates.map((one) => `${one.window} (version ${one.version})`);
  return [
    bars(
      'Candidates beside the champion, on rows that none has seen',
      [`champion (version ${champion.version})`, ...names],
      [own, ...candidates.map((one) => one.figure)],
    ),
    {
      ...bars(
        'Difference from the champion',
        names,
        candidates.map((one) => one.difference),
      ),
      thresholds: [{ value: 0, label: 'no difference' }],
    },
  ];
}
