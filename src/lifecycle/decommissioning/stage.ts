import { asJson } from '../../kernel/json.ts';
import { durationMs } from '../../kernel/schema.ts';
import { publishRouting } from '../deployment/index.ts';
import { type Evidenced, evidencedStep, type StageResult, type StageScope } from '../stage-scope.ts';
import { archiveStep } from './archive-step.ts';
import { certificateStep } from './certificate-step.ts';
import { type CheckReport, isAlike } from './check-report.ts';
import { type Dependant, dependantsOf } from './dependants.ts';
import { drain } from './drain.ts';
import { eraseStep } from './erase-step.ts';
import type { ExitPorts } from './exit-ports.ts';
import type { ExitRequest } from './exit-request.ts';
import { type ExitSubject, findExitSubject } from './exit-subject.ts';
import { expirePredictions, type Expired } from './expire-predictions.ts';
import { retireStep } from './retire-step.ts';
import type { DecommissioningSpec } from './spec.ts';
import { findTombstone } from './tombstone-store.ts';

/** What an exit is given: what goes, and what tend.yaml says of going. */
export interface ExitInputs {
  readonly request: ExitRequest;
  readonly spec: DecommissioningSpec;
}

/** What an exit hands on. */
export type ExitOutputs = {
  readonly kind: ExitSubject['kind'];
  readonly name: string;
  /** Ids of the evidence and the archive; null where it did not come so far, or none is kept. */
  readonly certificate: string | null;
  readonly archive: string | null;
};

/**
 * The exit of a version, an endpoint or a project: who depends on it, away from traffic, into one file, that
 * file restored and asked by a process that knows nothing else, and only then retired, erased and certified.
 * A refusal or a failed rehearsal leaves every byte where it is.
 */
export async function runExit(
  scope: StageScope,
  { request, spec }: ExitInputs,
  ports: ExitPorts,
): Promise<StageResult<ExitOutputs>> {
  const subject = await subjectStep(scope, request);
  const { kind, name } = subject;
  const nothing = { kind, name, certificate: null, archive: null };
  const used = await dependantsStep(scope, subject);
  if (used.result.dependants.length > 0) {
    const list = used.result.dependants.map(({ what }) => what).join('; ');
    const reason = `${kind} ${name} is still used: ${list}`;
    return { verdict: 'fail', reason, evidence: used.evidence, outputs: nothing };
  }
  const drained = await drain(scope, subject, request);
  const evidence = [...used.evidence, ...drained.evidence];
  const archive =
    spec.archive === false ? null : await archiveStep(scope, subject, request.successor, ports.sample);
  const rehearsal = archive === null ? null : await rehearsalStep(scope, archive.result.hash, ports);
  evidence.push(...(archive?.evidence ?? []), ...(rehearsal?.evidence ?? []));
  if (rehearsal !== null && !rehearsal.result.alike) {
    const reason = `${kind} ${name} stays: ${rehearsal.result.reason}`;
    return {
      verdict: 'fail',
      reason,
      evidence,
      outputs: { ...nothing, archive: archive?.result.id ?? null },
    };
  }
  await retireStep(scope, subject, request, archive?.result.id ?? null);
  await publishRouting(scope);
  const erased = await eraseStep(scope, subject);
  const expired = await retentionStep(scope, request, spec);
  const facts = {
    archive: archive?.result ?? null,
    rehearsal: rehearsal === null ? null : countsOf(rehearsal.result.report),
    erased: erased.result,
    expired,
    keepPredictions: spec.keep_predictions ?? null,
  };
  const certificate = await certificateStep(scope, subject, request, facts);
  return {
    verdict: 'pass',
    reason: exitReason(subject, request, facts.rehearsal),
    evidence: [...evidence, ...erased.evidence, certificate],
    outputs: { kind, name, certificate, archive: archive?.result.id ?? null },
  };
}

function countsOf({ predictions, alike }: CheckReport) {
  return { predictions, alike };
}

function exitReason(
  { kind, name }: ExitSubject,
  { successor }: ExitRequest,
  rehearsal: { readonly predictions: number; readonly alike: number } | null,
): string {
  const follows = successor === null ? '' : `, ${successor} follows`;
  if (rehearsal === null) return `${kind} ${name} is retired without an archive${follows}`;
  const answers = `${rehearsal.alike.toLocaleString('en')} logged predictions answered alike`;
  return `${kind} ${name} is retired${follows}; archive restored, ${answers}`;
}

/** What goes, as it was when the exit began: later steps change the records that say so. */
async function subjectStep(scope: StageScope, request: ExitRequest): Promise<ExitSubject> {
  const stored = await scope.workflow.step('decommissioning.subject', async () => {
    const again = (await findTombstone(scope.db, request)) !== undefined;
    return { result: asJson(await findExitSubject(scope.db, request, { again })) };
  });
  return stored as unknown as ExitSubject;
}

function dependantsStep(scope: StageScope, subject: ExitSubject) {
  return evidencedStep<{ readonly dependants: readonly Dependant[] }>(
    scope,
    'decommissioning',
    'dependants',
    async () => {
      const own = { executionId: scope.workflow.executionId };
      const dependants = await dependantsOf(scope.db, subject, own);
      return {
        result: { dependants },
        evidence: [
          {
            kind: 'dependants',
            subject: subject.hash,
            verdict: dependants.length === 0 ? ('pass' as const) : ('fail' as const),
            title:
              dependants.length === 0
                ? `Nothing depends on ${subject.kind} ${subject.name}`
                : `${dependants.length} things depend on ${subject.kind} ${subject.name}`,
            body: { dependants: dependants.map(asJson), releases: subject.releases.map(asJson) },
          },
        ],
      };
    },
  );
}

type Rehearsed = { readonly alike: boolean; readonly reason: string; readonly report: CheckReport };

function rehearsalStep(scope: StageScope, hash: string, ports: ExitPorts): Promise<Evidenced<Rehearsed>> {
  return evidencedStep<Rehearsed>(scope, 'decommissioning', 'rehearsal', async () => {
    scope.workflow.report({ text: 'decommissioning: a fresh process restores the archive' });
    const report = await ports.rehearse(scope.blobs.path(hash), scope.workflow.signal);
    const alike = report.hash === hash && isAlike(report);
    const different = report.releases.find((release) => release.first !== null);
    const counts = `${report.alike} of ${report.predictions} logged predictions answered alike`;
    const reason = different === undefined ? counts : `${counts}; ${different.first ?? ''}`;
    return {
      result: { alike, reason, report },
      evidence: [
        {
          kind: 'restore-rehearsal',
          subject: hash,
          verdict: alike ? ('pass' as const) : ('fail' as const),
          title: `A fresh process restored the archive: ${counts}`,
          body: { ...asJson(report), tolerance: 0 },
        },
      ],
    };
  });
}

async function retentionStep(
  scope: StageScope,
  { actor }: ExitRequest,
  { keep_predictions: keep }: DecommissioningSpec,
): Promise<Expired> {
  if (keep === undefined) return { parts: 0, rows: 0 };
  const stored = await scope.workflow.step('decommissioning.retention', async () => {
    const at = scope.projectClock ?? scope.clock.now();
    const { project } = scope;
    return {
      result: asJson(await expirePredictions(scope, { project, at, keepMs: durationMs(keep), actor })),
    };
  });
  return stored as unknown as Expired;
}
