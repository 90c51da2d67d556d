import type { DomainEvent } from '../../kernel/event.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Statement } from '../../store/database.ts';
import { evidenceRecord } from '../../store/evidence.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { Evidenced, StageEvidence, StageScope } from '../stage-scope.ts';

/** What a step of a retraining leaves: evidence, rows that may name its ids, an entry, events. */
export interface RetrainingOutcome<R> {
  readonly result: R;
  readonly evidence?: readonly StageEvidence[];
  /** Given the ids of the evidence, in its order. */
  readonly statements: (evidence: readonly string[]) => readonly Statement[];
  readonly ledger?: readonly {
    readonly action: string;
    readonly subject: string;
    readonly body: JsonObject;
  }[];
  readonly events?: readonly Omit<DomainEvent, 'project'>[];
}

/** A durable step: rows, evidence, ledger entries and events of one change commit as one unit. */
export async function retrainingStep<R extends Json | object>(
  scope: StageScope,
  name: string,
  actor: string,
  work: () => Promise<RetrainingOutcome<R>>,
): Promise<Evidenced<R>> {
  const { project, clock, random } = scope;
  const stored = await scope.workflow.step(`retraining.${name}`, async () => {
    const { result, evidence = [], statements, ledger = [], events = [] } = await work();
    const { executionId } = scope.workflow;
    const records = evidence.map((draft) =>
      evidenceRecord({ ...draft, project, stage: 'retraining', executionId, actor }, { clock, random }),
    );
    const ids = records.map((record) => record.evidence.id);
    return {
      result: { result, evidence: ids } as unknown as Json,
      statements: [...records.flatMap((record) => record.statements), ...statements(ids)],
      ledger: [
        ...records.flatMap((record) => record.ledger),
        ...ledger.map((entry) => ({ ...entry, chain: projectChain(project), actor })),
      ],
      events: events.map((event) => ({ ...event, project })),
    };
  });
  return stored as unknown as Evidenced<R>;
}
