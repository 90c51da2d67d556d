import type { Clock, Random } from '../kernel/clock.ts';
import { hashJson } from '../kernel/hash.ts';
import { newId } from '../kernel/id.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Stage } from '../kernel/verdict.ts';
import { build } from './build.ts';
import type { Database, LedgerDraft, Statement } from './database.ts';
import { jsonText, parseJsonText } from './json-text.ts';
import { projectChain } from './ledger-entry.ts';
import type { EvidenceTable } from './tables/project-tables.ts';

/** What a stage has to show, before it is recorded. */
export interface EvidenceDraft {
  readonly project: string;
  readonly stage: Stage;
  /** What sort of evidence: `data-checks`, `gate`. */
  readonly kind: string;
  /** Content hash of what it is about; the same whenever the same inputs are carried out again. */
  readonly subject: string;
  readonly verdict: 'pass' | 'fail' | 'info';
  readonly title: string;
  readonly body: JsonObject;
  readonly executionId?: string;
  /** Id of the principal that acted; Tend itself unless given. */
  readonly actor?: string;
}

/** Evidence as it is kept. It never changes. */
export interface Evidence extends Omit<EvidenceDraft, 'executionId' | 'actor'> {
  readonly id: string;
  /**
   * Of everything it says (all of the draft but execution and actor), measured times in its body included.
   */
  readonly hash: string;
  readonly executionId: string | null;
  readonly createdAt: number;
}

/** The evidence, and what a unit must hold to record it: a row and its ledger entry. */
export function evidenceRecord(
  draft: EvidenceDraft,
  ports: { readonly clock: Clock; readonly random: Random },
): { readonly evidence: Evidence; readonly statements: Statement[]; readonly ledger: LedgerDraft[] } {
  const { project, stage, kind, subject, verdict, title, body } = draft;
  const said = { project, stage, kind, subject, verdict, title, body };
  const evidence: Evidence = {
    id: newId('evd', ports.clock, ports.random),
    ...said,
    hash: hashJson(said),
    executionId: draft.executionId ?? null,
    createdAt: ports.clock.now(),
  };
  const row: EvidenceTable = {
    id: evidence.id,
    ...said,
    body: jsonText(body),
    hash: evidence.hash,
    execution_id: evidence.executionId,
    created_at: evidence.createdAt,
  };
  const entry: LedgerDraft = {
    chain: projectChain(project),
    action: 'evidence.recorded',
    actor: draft.actor ?? 'system',
    subject: evidence.id,
    body: { stage, kind, subject, verdict, hash: evidence.hash },
  };
  return {
    evidence,
    statements: [{ query: build.insertInto('evidence').values(row), expect: 1 }],
    ledger: [entry],
  };
}

/** Evidence by id, or undefined. */
export async function findEvidence(db: Database, id: string): Promise<Evidence | undefined> {
  const row = await db.query.selectFrom('evidence').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : evidenceOf(row);
}

/**
 * Evidence by ids, in the order asked for; ids that are not there are left out. At most some hundreds of ids.
 */
export async function listEvidence(db: Database, ids: readonly string[]): Promise<Evidence[]> {
  if (ids.length === 0) return [];
  const rows = await db.query.selectFrom('evidence').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, evidenceOf(row)]));
  return ids.map((id) => byId.get(id)).filter((evidence) => evidence !== undefined);
}

function evidenceOf(row: EvidenceTable): Evidence {
  const { execution_id: executionId, created_at: createdAt, body, ...rest } = row;
  return { ...rest, body: parseJsonText(body) as JsonObject, executionId, createdAt };
}
