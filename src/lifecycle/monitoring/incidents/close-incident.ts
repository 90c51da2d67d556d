import { outboxEntry } from '../../../engine/outbox-entry.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { build } from '../../../store/build.ts';
import type { Unit } from '../../../store/database.ts';
import { jsonText } from '../../../store/json-text.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { IncidentTable } from '../../../store/tables/loop-tables.ts';
import type { LifecycleContext, StageEvidence } from '../../stage-scope.ts';
import { INCIDENT_CLOSED } from './events.ts';
import { incidentOf } from './incident.ts';
import { recordAll } from './record-all.ts';

/** How an incident ends. `at`: of the project clock; `by`: id of the principal, `system` for the monitor. */
export interface Closing {
  readonly at: number;
  readonly by: string;
  readonly resolution: string;
  readonly evidence: readonly StageEvidence[];
}

/**
 * What a unit must hold to close an incident: its row, the proof, a ledger entry and the event. CONFLICT when
 * it was seen again or closed meanwhile.
 */
export function closeIncident(
  ctx: Pick<LifecycleContext, 'clock' | 'random'>,
  row: IncidentTable,
  closing: Closing,
): Unit & { readonly evidence: readonly string[] } {
  const { at, by, resolution } = closing;
  const now = ctx.clock.now();
  const incident = incidentOf(row);
  const records = recordAll(ctx, row.project, closing.evidence, by);
  const evidence = [...incident.evidence, ...records.ids];
  const closed = build
    .updateTable('incident')
    .set({
      state: 'resolved',
      resolved_at: at,
      resolved_by: by,
      resolution,
      evidence: jsonText(evidence),
      updated_at: now,
    })
    .where('id', '=', row.id)
    .where('state', '<>', 'resolved')
    .where('seen', '=', row.seen);
  const body: JsonObject = { incident: row.id, cause: row.cause, at, by, resolution };
  return {
    evidence,
    statements: [
      { query: closed, expect: 1 },
      ...records.statements,
      outboxEntry({ type: INCIDENT_CLOSED, project: row.project, body }, ctx),
    ],
    ledger: [
      ...records.ledger,
      {
        chain: projectChain(row.project),
        action: 'incident.closed',
        actor: by,
        subject: row.id,
        body: { cause: row.cause, at, resolution, evidence: records.ids },
      },
    ],
  };
}
