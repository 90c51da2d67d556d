import type { JsonObject } from '../../../kernel/json.ts';
import type { Evidence } from '../../../store/evidence.ts';
import type {
  CandidateTable,
  IncidentTable,
  MonitorWindowTable,
  RetrainingTable,
  TombstoneTable,
} from '../../../store/tables/loop-tables.ts';

/** An approval as documents tell of it. `own`: asked for this very release; else one given before it. */
export interface ApprovalFact {
  readonly id: string;
  readonly gate: string;
  readonly by: string;
  readonly author: string;
  readonly state: string;
  readonly decidedBy: string | null;
  readonly comment: string | null;
  readonly decidedAt: number | null;
  readonly own: boolean;
}

/** The training run of a version. */
export interface RunFact {
  readonly id: string;
  readonly name: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly params: JsonObject;
  readonly tags: JsonObject;
  readonly inputs: JsonObject;
  readonly digest: string | null;
}

/** Everything recorded from which the card of one version is filled. */
export interface CardFacts {
  readonly model: string;
  readonly version: number;
  readonly project: string;
  readonly createdAt: number;
  readonly state: string;
  readonly aliases: readonly string[];
  readonly modelBlob: string | null;
  readonly release: string | null;
  /** The release manifest as it is recorded; null where none is. */
  readonly manifest: JsonObject | null;
  readonly run: RunFact | null;
  /** About the problem, the data, the model, the release and its candidacy; oldest first. */
  readonly evidence: readonly Evidence[];
  readonly approvals: readonly ApprovalFact[];
  readonly candidate: Pick<CandidateTable, 'retraining_id' | 'window' | 'state' | 'reason'> | null;
  readonly retrainings: readonly Pick<
    RetrainingTable,
    'id' | 'trigger' | 'at' | 'state' | 'reason' | 'champion' | 'promoted' | 'created_at'
  >[];
  readonly incidents: readonly Pick<
    IncidentTable,
    | 'id'
    | 'cause'
    | 'severity'
    | 'state'
    | 'title'
    | 'opened_at'
    | 'resolved_at'
    | 'resolution'
    | 'created_at'
  >[];
  /** The last window of each monitor. */
  readonly windows: readonly Omit<MonitorWindowTable, 'body'>[];
  readonly routes: readonly { readonly endpoint: string; readonly role: string; readonly weight: number }[];
  readonly tombstone: Pick<TombstoneTable, 'successor' | 'at' | 'certificate'> | null;
}
