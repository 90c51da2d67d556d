import { decideFrame } from '../../decide/release-frame.ts';
import { asJson } from '../../kernel/json.ts';
import { SYSTEM } from '../../kernel/policy.ts';
import type { Frame } from '../../kernel/column.ts';
import type { Interval } from '../../learn/bootstrap.ts';
import { influenceDifference } from '../../learn/influence-interval.ts';
import { findMetric } from '../../learn/metrics/find-metric.ts';
import { liveClock, releaseAnswers, rollBack } from '../deployment/index.ts';
import { headMetric, intervalJson, readManifest } from '../evaluation/index.ts';
import type { StageEvidence, StageScope } from '../stage-scope.ts';
import { aliasedVersion, openRelease } from '../training/index.ts';
import { successorOf } from './due-effects.ts';
import { effectDecision, type EffectDecision } from './effect-verdict.ts';
import {
  changeCandidate,
  changeRetraining,
  type EffectLook,
  findRetraining,
  listCandidates,
  listRetrainings,
  type PromotionBody,
  type Retraining,
} from './retraining-store.ts';
import { retrainingStep } from './retraining-step.ts';
import { intervalText } from './settle-candidates.ts';

/** Logged predictions with their outcomes, row-aligned. `target` is NaN while the outcome is not known. */
export interface LoggedRows {
  readonly rows: number;
  readonly t: Float64Array;
  readonly score: Float64Array;
  readonly target: Float64Array;
  /** Model inputs by name. */
  readonly features: Frame;
}

/** Reads what an endpoint answered in [`from`, `to`) of event time, by one release where it is named. */
export type LoggedWindow = (
  scope: StageScope,
  input: {
    readonly project: string;
    readonly endpoint: string;
    readonly from: number;
    readonly to: number;
    readonly release?: string;
    /** What the releases take that are to be scored. */
    readonly inputs: readonly { readonly name: string; readonly type: 'number' | 'string' }[];
  },
) => Promise<LoggedRows>;

/** What a look at an effect needs. */
export interface EffectInputs {
  readonly retraining: string;
  readonly kind: 'classification' | 'regression';
  /** Time between looks, milliseconds. */
  readonly effectAfterMs: number;
  readonly loggedWindow: LoggedWindow;
}

/** What a look came to. `gone`: the release had lost its traffic before, so there was nothing to decide. */
export interface MeasuredEffect {
  readonly outcome: EffectDecision | 'gone';
  readonly reason: string;
  readonly evidence: readonly string[];
}

/** Rows with outcomes below which a look says nothing: an interval over fewer is no interval. */
const ROWS_MIN = 30;

type Promoted = Retraining & { readonly promotion: PromotionBody };

/**
 * Looks at what a promotion brought: the rows that the new release has answered since, scored by the release
 * it replaced as well, and the paired difference. Kept, rolled back, or to be looked at again
 * (`effectDecision`). Rows whose outcome is not known yet do not count.
 */
export async function measureEffect(scope: StageScope, inputs: EffectInputs): Promise<MeasuredEffect> {
  const found = await findRetraining(scope.db, inputs.retraining);
  const at = await scope.workflow.step('retraining.effect.at', async () => ({
    result: await liveClock(scope),
  }));
  if (found?.promotion == null) return { outcome: 'gone', reason: 'nothing was promoted', evidence: [] };
  const promoted: Promoted = { ...found, promotion: found.promotion };
  const look = await lookStep(scope, inputs, promoted, at as number);
  const { outcome, reason } = look.result;
  if (outcome === 'roll-back') await giveBack(scope, promoted, reason);
  return { outcome, reason, evidence: look.evidence };
}

type LookResult = { readonly outcome: EffectDecision | 'gone'; readonly reason: string };

function lookStep(scope: StageScope, inputs: EffectInputs, promoted: Promoted, at: number) {
  return retrainingStep<LookResult>(scope, 'effect', 'system', async () => {
    const { promotion, id, looks } = promoted;
    const later = successorOf(await listRetrainings(scope.db, scope.project), promoted);
    const champion = await aliasedVersion(scope.db, scope.project, 'champion');
    if (champion?.version !== promotion.version && later === undefined) return await gone(scope, promoted);
    const to = Math.min(at, later?.promotion?.promotedAt ?? at);
    const rows = await scored(scope, inputs, promotion, to);
    const name = headMetric(inputs.kind);
    const metric = findMetric(name);
    const scores = { first: rows.now, second: rows.before };
    const difference = influenceDifference(metric, rows.target, scores);
    const enough = rows.target.length >= ROWS_MIN ? difference : unknown(difference);
    const number = looks.length + 1;
    const { verdict, decision } = effectDecision(metric, enough, { number, superseded: later !== undefined });
    const seen = { at, from: promotion.promotedAt, to, rows: rows.target.length, metric: name };
    const said: Omit<EffectLook, 'evidence'> = {
      ...seen,
      difference: intervalJson(enough) as EffectLook['difference'],
      verdict,
    };
    const reason = reasonOf(said, promotion, decision, number);
    const now = scope.clock.now();
    const own = await ownCandidate(scope, promoted);
    return {
      result: { outcome: decision, reason },
      evidence: [effectEvidence(promoted, said, { decision, reason, number })],
      statements: (ids) => [
        changeRetraining(
          id,
          'promoted',
          {
            ...stateAfter(decision),
            reason,
            looks: [...looks, { ...said, evidence: ids[0] ?? '' }],
            promotion: { ...promotion, lookAt: at + inputs.effectAfterMs },
          },
          now,
        ),
        ...(decision === 'roll-back' && own !== undefined
          ? [
              changeCandidate(
                own.id,
                { state: 'rolled-back', reason, evidence: [...own.evidence, ...ids] },
                now,
              ),
            ]
          : []),
      ],
      ledger: [
        { action: `retraining.${LEDGER[decision]}`, subject: id, body: { ...effectBody(promoted), reason } },
      ],
      events:
        decision === 'again'
          ? []
          : [{ type: `retraining.effect.${LEDGER[decision]}`, body: { ...effectBody(promoted), reason } }],
    };
  });
}

const LEDGER = { keep: 'kept', 'roll-back': 'rolled-back', again: 'looked-at' } as const;

function stateAfter(decision: EffectDecision): { readonly state?: 'kept' | 'rolled-back' } {
  if (decision === 'again') return {};
  return { state: decision === 'keep' ? 'kept' : 'rolled-back' };
}

function effectBody({ id, project, promotion }: Promoted) {
  const { endpoint, release, replaced, version, replacedVersion } = promotion;
  return { retraining: id, project, endpoint, release, replaced, version, replacedVersion };
}

/** Joined rows that the release has answered since it took over, with the scores of both releases. */
async function scored(scope: StageScope, inputs: EffectInputs, promotion: PromotionBody, to: number) {
  const { endpoint, release, replaced, promotedAt: from } = promotion;
  const { project } = scope;
  const manifest = await readManifest(scope, replaced);
  const asked = { project, endpoint, from, to, release, inputs: manifest.inputs };
  const logged = await inputs.loggedWindow(scope, asked);
  const before = await openRelease(scope, manifest);
  const other = decideFrame(before, logged.features);
  const known: number[] = [];
  for (let i = 0; i < logged.rows; i++) if (!Number.isNaN(logged.target[i])) known.push(i);
  const take = (values: Float64Array | Float32Array) => Float64Array.from(known, (i) => values[i] as number);
  return { target: take(logged.target), now: take(logged.score), before: take(other) };
}

function unknown(difference: Interval): Interval {
  return { ...difference, low: Number.NaN, high: Number.NaN };
}

function reasonOf(
  { metric, rows, difference, verdict }: Omit<EffectLook, 'evidence'>,
  { version, replacedVersion }: PromotionBody,
  decision: EffectDecision,
  number: number,
): string {
  const measured =
    `${metric} ${intervalText(difference)} beside version ${replacedVersion} ` +
    `on the ${rows.toLocaleString('en')} live rows since`;
  if (verdict === 'superseded') return `version ${version}: ${measured}; a later version took over by then`;
  if (verdict === 'helped') return `version ${version} helped: ${measured}`;
  if (verdict === 'harmed') return `version ${version} did not help: ${measured}`;
  if (decision === 'again') return `version ${version}, look ${number}: ${measured}; not certain yet`;
  const end = decision === 'keep' ? 'kept, as it is not worse' : 'taken back, as it is no better';
  return `version ${version} after ${number} looks: ${measured}; ${end}`;
}

function effectEvidence(
  promoted: Promoted,
  said: Omit<EffectLook, 'evidence'>,
  { decision, reason, number }: { decision: EffectDecision; reason: string; number: number },
): StageEvidence {
  const all = [...promoted.looks, said];
  return {
    kind: 'effect',
    subject: promoted.promotion.release,
    verdict: decision === 'keep' ? 'pass' : decision === 'roll-back' ? 'fail' : 'info',
    title: reason,
    body: asJson({
      ...effectBody(promoted),
      look: number,
      decision,
      ...said,
      figures: [
        {
          kind: 'bars',
          title: 'Difference from the version before, on the same live rows',
          x: { label: 'look' },
          y: { label: said.metric },
          categories: all.map((one) => new Date(one.at).toISOString().slice(0, 10)),
          series: [
            {
              name: 'difference',
              values: all.map((one) => one.difference.value),
              low: all.map((one) => one.difference.low),
              high: all.map((one) => one.difference.high),
            },
          ],
          thresholds: [{ value: 0, label: 'no difference' }],
        },
      ],
    }),
  };
}

async function ownCandidate(scope: StageScope, { id, promoted }: Promoted) {
  const candidates = await listCandidates(scope.db, scope.project, id);
  return candidates.find((one) => one.version === promoted);
}

/** Something else took the release's traffic away, an incident or a person: the retraining ends with that. */
async function gone(scope: StageScope, promoted: Promoted) {
  const { promotion, id } = promoted;
  const reason = `version ${promotion.version} was taken back before its effect was known`;
  const now = scope.clock.now();
  const own = await ownCandidate(scope, promoted);
  return {
    result: { outcome: 'gone' as const, reason },
    statements: () => [
      changeRetraining(id, 'promoted', { state: 'rolled-back', reason }, now),
      ...(own === undefined ? [] : [changeCandidate(own.id, { state: 'rolled-back', reason }, now)]),
    ],
    ledger: [{ action: 'retraining.rolled-back', subject: id, body: { ...effectBody(promoted), reason } }],
    events: [{ type: 'retraining.effect.rolled-back', body: { ...effectBody(promoted), reason } }],
  };
}

/** Gives the endpoint back, unless that was done: by this execution before a kill, or by somebody else. */
async function giveBack(scope: StageScope, { promotion }: Promoted, reason: string): Promise<void> {
  const { endpoint, release: releaseHash } = promotion;
  // While another candidate is on its way, going back once takes that one back, and only then the release.
  for (let i = 0; i < 2 && (await releaseAnswers(scope.db, { endpoint, releaseHash })); i++) {
    await rollBack(scope, { endpoint, reason, principal: SYSTEM });
  }
}
