import { asJson, type JsonObject } from '../../kernel/json.ts';
import { evidenceRecord } from '../../store/evidence.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { StageScope } from '../stage-scope.ts';
import type { ArchiveMade } from './archive-step.ts';
import type { Erased } from './erase-step.ts';
import type { ExitRequest } from './exit-request.ts';
import type { ExitSubject } from './exit-subject.ts';
import type { Expired } from './expire-predictions.ts';
import { certifyStatement } from './tombstone-store.ts';

/** What an exit came to. */
export interface ExitFacts {
  readonly archive: ArchiveMade | null;
  /** Logged predictions that the restored archive answered, and those alike. */
  readonly rehearsal: { readonly predictions: number; readonly alike: number } | null;
  readonly erased: Erased;
  readonly expired: Expired;
  /** How long predictions are kept, as tend.yaml says it; null: for good. */
  readonly keepPredictions: string | null;
}

/** Event that something was retired; its body names kind, name, successor and certificate. */
const SUBJECT_RETIRED = 'decommissioning.subject.retired';

/**
 * Certifies an exit: one piece of evidence that sums it up, on the tombstone and in the ledger. Returns its
 * id.
 */
export async function certificateStep(
  scope: StageScope,
  subject: ExitSubject,
  request: ExitRequest,
  facts: ExitFacts,
): Promise<string> {
  const stored = await scope.workflow.step('decommissioning.certificate', async () => {
    const { kind, name, project } = subject;
    const { actor, successor, reason } = request;
    const at = scope.projectClock ?? scope.clock.now();
    const record = evidenceRecord(
      {
        project,
        stage: 'decommissioning',
        kind: 'certificate',
        subject: facts.archive?.hash ?? subject.hash,
        verdict: 'pass',
        title: certificateTitle(subject, facts),
        body: { of: kind, name, successor, reason, at, ...factsJson(facts) },
        executionId: scope.workflow.executionId,
        actor,
      },
      scope,
    );
    const certificate = record.evidence.id;
    const body = {
      certificate,
      certificate_hash: record.evidence.hash,
      archive: facts.archive?.id ?? null,
      archive_hash: facts.archive?.hash ?? null,
      successor,
      reason,
    };
    return {
      result: { certificate },
      statements: [...record.statements, certifyStatement(subject, certificate)],
      ledger: [
        ...record.ledger,
        { chain: projectChain(project), action: `${kind}.retired`, actor, subject: name, body },
      ],
      events: [{ type: SUBJECT_RETIRED, project, body: { kind, name, successor, certificate } }],
    };
  });
  return (stored as { readonly certificate: string }).certificate;
}

function certificateTitle({ kind, name }: ExitSubject, { archive, rehearsal }: ExitFacts): string {
  if (archive === null)
    return `Certificate: ${kind} ${name} is retired, without an archive as tend.yaml says`;
  const proof =
    rehearsal === null || rehearsal.predictions === 0
      ? 'its archive restores'
      : `its archive restores and answers ${rehearsal.alike.toLocaleString('en')} predictions as logged`;
  return `Certificate: ${kind} ${name} is retired, ${proof}`;
}

function factsJson({ archive, rehearsal, erased, expired, keepPredictions }: ExitFacts): JsonObject {
  return {
    archive: archive === null ? null : { id: archive.id, hash: archive.hash, size_bytes: archive.sizeBytes },
    rehearsal: rehearsal === null ? null : asJson(rehearsal),
    erased: asJson(erased),
    predictions: { keep: keepPredictions, expired_parts: expired.parts, expired_rows: expired.rows },
  };
}
