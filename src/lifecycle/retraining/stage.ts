import { TendError } from '../../kernel/error.ts';
import { newId } from '../../kernel/id.ts';
import { asJson } from '../../kernel/json.ts';
import type { DataOutputs } from '../data/index.ts';
import type { DeploymentOutputs } from '../deployment/index.ts';
import { liveClock } from '../deployment/index.ts';
import { createExampleCache, type Evidenced, type StageResult, type StageScope } from '../stage-scope.ts';
import { type Champion, readChampion } from './champion.ts';
import { compareCandidates, type Comparison } from './compare-candidates.ts';
import { promoteCandidate } from './promote-candidate.ts';
import type { Armed, CandidateResults, RetrainingInputs } from './retraining-inputs.ts';
import { candidateRow, changeRetraining } from './retraining-store.ts';
import { retrainingStep } from './retraining-step.ts';
import { settleCandidates } from './settle-candidates.ts';
import { standingApproval } from './standing-approval.ts';
import {
  type BegunCandidate,
  type CandidateSetting,
  fitCandidates,
  trainCandidate,
  type TrainedCandidate,
} from './train-candidate.ts';
import { candidateWindows } from './window.ts';

/** What a retraining hands on: the stages of the candidate that took over, if one did. */
export type RetrainingOutputs = {
  readonly retraining: string;
  readonly promoted: number | null;
};

/** The stage's result, and what the board shows from now on where a candidate took over. */
export interface RetrainingEnd extends StageResult<RetrainingOutputs> {
  readonly successor:
    | (CandidateResults & {
        readonly deployment: StageResult<DeploymentOutputs>;
        readonly armed: Armed | null;
      })
    | null;
}

/**
 * Trains a candidate for each window of history, takes each through evaluation, testing and gate, holds all
 * against the champion on rows that none has seen, and moves the endpoint to the best that is proved better.
 * That none is, is a right end too: the verdict is `pass` and the reason says why each was refused.
 * The scope's project clock is that of the retraining; all windows end there.
 */
export async function runRetraining(scope: StageScope, inputs: RetrainingInputs): Promise<RetrainingEnd> {
  const at = scope.projectClock ?? (await startedAt(scope));
  const champion = await beginStep(scope, inputs);
  const live = await inputs.liveData(scope, at);
  const data = live.result;
  const begun = await candidatesStep(scope, inputs, data, at);
  const before = { data, champion: champion.result.champion, at };
  const setting: CandidateSetting = {
    data: { verdict: 'pass', reason: dataReason(data), evidence: live.evidence, outputs: data },
    trial: inputs.search === 'reuse' ? champion.result.champion.trial : undefined,
    standing: champion.result.standing ?? undefined,
  };
  const { candidates, compared } = await judgeAll(scope, inputs, setting, before, begun);
  const settled = await settleCandidates(scope, inputs, {
    champion: champion.result.champion,
    candidates,
    comparison: compared.comparison,
    why: compared.why,
    evidence: compared.evidence,
  });
  const evidence = [...live.evidence, ...compared.evidence, ...settled.evidence];
  const winner = candidates.find((one) => one.id === settled.winner);
  const outputs = { retraining: inputs.id, promoted: null };
  if (winner?.kind !== 'judged') {
    return { verdict: 'pass', reason: settled.reason, evidence, outputs, successor: null };
  }
  const from = { ...setting, champion: champion.result.champion, evidence };
  const promotion = await promoteCandidate(scope, inputs, from, winner);
  const all = [...evidence, ...promotion.evidence];
  if (!promotion.taken) {
    return { verdict: 'pass', reason: promotion.reason, evidence: all, outputs, successor: null };
  }
  const { training } = winner.results;
  return {
    verdict: 'pass',
    reason: `${promotion.reason}; ${settled.reason}`,
    evidence: all,
    outputs: { retraining: inputs.id, promoted: training.outputs.version },
    successor: { ...winner.results, deployment: promotion.deployment, armed: winner.armed },
  };
}

/**
 * Trains and judges the candidates, and compares them with the champion. The widest window is loaded once,
 * and let go of whatever happens. Models are fitted side by side, ahead of what is measured on them; all that
 * is recorded comes candidate by candidate, since what one needs to be tested would disturb another one's
 * load and latency.
 */
async function judgeAll(
  outer: StageScope,
  inputs: RetrainingInputs,
  setting: CandidateSetting,
  before: { readonly data: DataOutputs; readonly champion: Champion; readonly at: number },
  begun: readonly BegunCandidate[],
) {
  const froms = begun.flatMap(({ bounds }) => (bounds === null ? [] : [bounds.from]));
  const examples = createExampleCache({
    // The comparison looks at a window of its own.
    models: begun.length + 1,
    ...(froms.length === 0 ? {} : { from: Math.min(...froms) }),
  });
  const scope = { ...outer, examples };
  const course = { ...setting, fitted: fitCandidates(scope, inputs, setting, begun) };
  try {
    const candidates: TrainedCandidate[] = [];
    for (const one of begun) candidates.push(await trainCandidate(scope, inputs, course, one));
    return { candidates, compared: await compareAll(scope, inputs, before, candidates) };
  } finally {
    await course.fitted;
    examples.clear();
  }
}

/** Wall time at which a retraining of a project without a replay began, kept over restarts. */
async function startedAt(scope: StageScope): Promise<number> {
  const step = await scope.workflow.step('retraining.at', async () => ({ result: await liveClock(scope) }));
  return step as number;
}

type Begun = { readonly champion: Champion; readonly standing: string | null };

/** Settles whom the candidates are held against; later the champion may be one of them. */
function beginStep(scope: StageScope, inputs: RetrainingInputs): Promise<Evidenced<Begun>> {
  return retrainingStep<Begun>(scope, 'begin', inputs.author, async () => {
    const champion = await readChampion(scope);
    const standing = await standingApproval(scope.db, scope.project, inputs.specHash);
    const change = { executionId: scope.workflow.executionId, champion: champion.version };
    return {
      result: { champion, standing: standing ?? null },
      statements: () => [changeRetraining(inputs.id, 'running', change, scope.clock.now())],
    };
  });
}

async function candidatesStep(
  scope: StageScope,
  inputs: RetrainingInputs,
  data: DataOutputs,
  at: number,
): Promise<readonly BegunCandidate[]> {
  const step = await retrainingStep<readonly BegunCandidate[]>(
    scope,
    'candidates',
    inputs.author,
    async () => {
      const begun = candidateWindows(inputs.windows, inputs.split, data, at).map((one) => ({
        ...one,
        id: newId('cnd', scope.clock, scope.random),
      }));
      return {
        result: begun,
        statements: () =>
          begun.map(({ id, window, bounds }) =>
            candidateRow(
              {
                id,
                project: scope.project,
                retrainingId: inputs.id,
                window,
                model: scope.project,
                at,
                body: asJson({ bounds }),
              },
              scope.clock.now(),
            ),
          ),
        ledger: begun.map(({ id, window }) => ({
          action: 'candidate.started',
          subject: id,
          body: { retraining: inputs.id, window },
        })),
      };
    },
  );
  return step.result;
}

/** The comparison, or why there is none. */
async function compareAll(
  scope: StageScope,
  inputs: RetrainingInputs,
  setting: { readonly data: DataOutputs; readonly champion: Champion; readonly at: number },
  candidates: readonly TrainedCandidate[],
): Promise<{ comparison: Comparison | null; why: string; evidence: readonly string[] }> {
  const asked = candidates.flatMap((one) =>
    one.kind === 'judged' ? [{ id: one.id, window: one.window, training: one.results.training.outputs }] : [],
  );
  if (asked.length === 0) return { comparison: null, why: '', evidence: [] };
  try {
    const step = await compareCandidates(scope, inputs, setting, asked);
    return { comparison: step.result, why: '', evidence: step.evidence };
  } catch (error) {
    if (!(error instanceof TendError) || error.code === 'INTERRUPTED') throw error;
    return { comparison: null, why: `it could not be compared: ${error.message}`, evidence: [] };
  }
}

function dataReason({ versions, features }: DataOutputs): string {
  const rows = versions[features.source]?.rows ?? 0;
  return `${rows.toLocaleString('en')} rows accepted, those received since the first model among them`;
}
