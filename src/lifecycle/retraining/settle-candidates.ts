import { asJson } from '../../kernel/json.ts';
import type { Statement } from '../../store/database.ts';
import type { StageEvidence, StageScope } from '../stage-scope.ts';
import type { Champion } from './champion.ts';
import type { Compared, Comparison, FigureInterval } from './compare-candidates.ts';
import type { RetrainingInputs } from './retraining-inputs.ts';
import { changeCandidate, changeRetraining } from './retraining-store.ts';
import { retrainingStep } from './retraining-step.ts';
import { gateReason, type TrainedCandidate } from './train-candidate.ts';

/** What all of it came to: the candidate that goes on, if one does, and why the others do not. */
export type Settled = {
  readonly winner: string | null;
  readonly reason: string;
};

/** What is decided on. `comparison` is null where none could be made; `why` then says so. */
export interface ToSettle {
  readonly champion: Champion;
  readonly candidates: readonly TrainedCandidate[];
  readonly comparison: Comparison | null;
  readonly why: string;
  /** Ids of the evidence of the comparison. */
  readonly evidence: readonly string[];
}

type Judged = Extract<TrainedCandidate, { readonly kind: 'judged' }>;

/**
 * Picks the best of those that passed the gate and were proved better; refuses every other one with its
 * reason and its figures, as evidence. Each refusal is a row, evidence, a ledger entry and an event.
 */
export async function settleCandidates(
  scope: StageScope,
  inputs: RetrainingInputs,
  toSettle: ToSettle,
): Promise<Settled & { readonly evidence: readonly string[] }> {
  const { candidates, comparison } = toSettle;
  const judged = candidates.filter((one) => one.kind === 'judged');
  const winner = inputs.promote === 'never' ? undefined : best(judged, comparison);
  const refused = judged
    .filter((one) => one.id !== winner?.id)
    .map((one): Refused => {
      const beside = besideOf(one, comparison);
      return { one, beside, reason: refusal(one, beside, { toSettle, winner, promote: inputs.promote }) };
    });
  const step = await retrainingStep<Settled>(scope, 'settle', inputs.author, async () => {
    const reason = summary(toSettle, winner, new Map(refused.map((each) => [each.one.id, each.reason])));
    return {
      result: { winner: winner?.id ?? null, reason },
      evidence: refused.map((each) => refusalEvidence(each, toSettle)),
      statements: (ids) => {
        const now = scope.clock.now();
        const rows = refused.map((each, i) => refusedRow(each, toSettle, ids.slice(i, i + 1), now));
        const end =
          winner === undefined
            ? changeRetraining(inputs.id, 'running', { state: 'refused', reason }, now)
            : winnerRow(winner, toSettle, now);
        return [...rows, end];
      },
      ledger: [
        ...refused.map(({ one, reason: why }) => ({
          action: 'candidate.refused',
          subject: one.id,
          body: { window: one.window, reason: why },
        })),
        ...(winner === undefined
          ? [{ action: 'retraining.refused', subject: inputs.id, body: { reason } }]
          : []),
      ],
      events: refused.map(({ one, reason: why }) => ({
        type: 'retraining.candidate.refused',
        body: {
          retraining: inputs.id,
          candidate: one.id,
          window: one.window,
          version: one.results.training.outputs.version,
          reason: why,
        },
      })),
    };
  });
  return { ...step.result, evidence: step.evidence };
}

/** A candidate that does not go on. */
interface Refused {
  readonly one: Judged;
  readonly beside: Compared | undefined;
  readonly reason: string;
}

function besideOf(one: Judged, comparison: Comparison | null): Compared | undefined {
  return comparison?.candidates.find(({ id }) => id === one.id);
}

function refusedRow(
  { one, reason }: Refused,
  toSettle: ToSettle,
  evidence: readonly string[],
  now: number,
): Statement {
  const change = {
    state: 'refused',
    reason,
    evidence: [...one.evidence, ...toSettle.evidence, ...evidence],
    body: bodyOf(one, toSettle),
  } as const;
  return changeCandidate(one.id, change, now);
}

function winnerRow(winner: Judged, toSettle: ToSettle, now: number): Statement {
  const { comparison, champion } = toSettle;
  const change = {
    state: 'canary',
    reason: differenceText(besideOf(winner, comparison), comparison, champion),
    evidence: [...winner.evidence, ...toSettle.evidence],
    body: bodyOf(winner, toSettle),
  } as const;
  return changeCandidate(winner.id, change, now);
}

/** The one with the greatest difference among those that may be promoted; of equals the first declared. */
function best(judged: readonly Judged[], comparison: Comparison | null): Judged | undefined {
  const sign = comparison?.direction === 'lower' ? -1 : 1;
  const gain = (one: Judged): number => {
    const beside = besideOf(one, comparison);
    return beside?.verdict === 'better' && one.gate.open
      ? sign * (beside.difference.value ?? Number.NaN)
      : Number.NEGATIVE_INFINITY;
  };
  const [first] = [...judged].sort((a, b) => gain(b) - gain(a));
  return first !== undefined && gain(first) > Number.NEGATIVE_INFINITY ? first : undefined;
}

function refusal(
  one: Judged,
  beside: Compared | undefined,
  about: {
    readonly toSettle: ToSettle;
    readonly winner: Judged | undefined;
    readonly promote: RetrainingInputs['promote'];
  },
): string {
  const { comparison, champion, why } = about.toSettle;
  if (!one.gate.open) return gateReason(one.gate.reason);
  if (comparison === null || beside === undefined) return why;
  const said = differenceText(beside, comparison, champion);
  if (beside.verdict === 'worse') return `it is worse: ${said}`;
  if (beside.verdict === 'open') return `not proved better: ${said}, an interval that includes zero`;
  if (about.promote === 'never') return `it is better, and tend.yaml says promote: never: ${said}`;
  return `better, but ${about.winner?.window ?? ''} is better still: ${said}`;
}

/** `roc_auc +0.0120 (+0.0090 to +0.0150) from version 1, on 12,345 rows that neither has seen`. */
export function differenceText(
  beside: Compared | undefined,
  comparison: Pick<Comparison, 'metric' | 'rows'> | null,
  champion: Pick<Champion, 'version'>,
): string {
  if (beside === undefined || comparison === null) return '';
  const { metric, rows } = comparison;
  const range = intervalText(beside.difference);
  return `${metric} ${range} from version ${champion.version}, on ${rows.toLocaleString('en')} unseen rows`;
}

/** A signed difference with its interval in words. */
export function intervalText({ value, low, high }: FigureInterval): string {
  return `${signed(value)} (${signed(low)} to ${signed(high)})`;
}

function signed(value: number | null): string {
  if (value === null) return 'not defined';
  return `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toFixed(4)}`;
}

function refusalEvidence(
  { one, beside, reason }: Refused,
  { champion, comparison, evidence }: ToSettle,
): StageEvidence {
  const { training, evaluation, testing } = one.results;
  const { version, manifestBlob } = training.outputs;
  const judgedCriteria = [...evaluation.outputs.criteria, ...testing.outputs.criteria];
  return {
    kind: 'refusal',
    subject: manifestBlob,
    verdict: 'fail',
    title: `Version ${version} (${one.window}) was refused: ${reason}`,
    body: asJson({
      window: one.window,
      version,
      reason,
      gate: one.gate,
      criteria: judgedCriteria,
      champion: { version: champion.version, release: champion.release },
      difference: beside?.difference ?? null,
      metric: comparison?.metric ?? null,
      rows: comparison?.rows ?? null,
      evidence: [...one.evidence, ...evidence],
      ...(beside === undefined ? {} : { figures: [differenceFigure(one.window, beside, comparison)] }),
    }),
  };
}

function differenceFigure(window: string, { difference }: Compared, comparison: Comparison | null) {
  const { value, low, high } = difference;
  return {
    kind: 'bars',
    title: 'Difference from the champion on rows that neither has seen',
    x: { label: 'window' },
    y: { label: comparison?.metric ?? 'difference' },
    categories: [window],
    series: [{ name: 'difference', values: [value], low: [low], high: [high] }],
    thresholds: [{ value: 0, label: 'no difference' }],
  };
}

function bodyOf(one: Judged, { comparison, champion }: ToSettle) {
  const beside = besideOf(one, comparison);
  const { bounds, rows } = one.results.training.outputs;
  return asJson({
    bounds,
    rows,
    gate: one.gate,
    comparison:
      beside === undefined || comparison === null
        ? null
        : {
            metric: comparison.metric,
            rows: comparison.rows,
            champion: champion.version,
            figure: beside.figure,
            difference: beside.difference,
            verdict: beside.verdict,
          },
  });
}

function summary(
  { candidates, comparison, champion }: ToSettle,
  winner: Judged | undefined,
  reasons: ReadonlyMap<string, string>,
): string {
  if (winner !== undefined) {
    const beside = besideOf(winner, comparison);
    return `${winner.window} is better: ${differenceText(beside, comparison, champion)}`;
  }
  const each = candidates.map(
    (one) => `${one.window}: ${one.kind === 'failed' ? one.reason : (reasons.get(one.id) ?? '')}`,
  );
  return `no candidate replaces version ${champion.version}. ${each.join('; ')}`;
}
