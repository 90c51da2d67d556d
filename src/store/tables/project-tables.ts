import type { Stage, Verdict } from '../../kernel/verdict.ts';
import type { JsonText } from '../json-text.ts';

/** One project as it is declared now. */
export interface ProjectTable {
  readonly name: string;
  readonly owner: string;
  readonly kind: string;
  readonly statement: string;
  readonly spec_hash: string;
  readonly document: JsonText;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Every document that was ever applied, by its hash. */
export interface ProjectRevisionTable {
  readonly project: string;
  readonly hash: string;
  readonly document: JsonText;
  readonly source: string;
  readonly author: string;
  readonly created_at: number;
  /** Project clock when it was first applied: its first life is carried out as of then; null: wall time. */
  readonly clock: number | null;
}

/** The project clock: wall time, or how far a replay has come. */
export interface ProjectClockTable {
  readonly project: string;
  readonly at: number;
}

/** A plan that was made, by its hash. */
export interface PlanTable {
  readonly hash: string;
  readonly project: string;
  readonly body: JsonText;
  readonly created_at: number;
}

/** What a stage says of itself now. `evidence` is a JSON array of evidence ids. */
export interface StageResultTable {
  readonly project: string;
  readonly stage: Stage;
  readonly key: string | null;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence: JsonText;
  readonly outputs: JsonText;
  readonly execution_id: string | null;
  readonly updated_at: number;
}

/** What a stage said for these inputs: the same key gives the same evidence again. */
export interface StageCacheTable {
  readonly project: string;
  readonly stage: Stage;
  readonly key: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence: JsonText;
  readonly outputs: JsonText;
}

/** What a stage has to show. Rows never change. */
export interface EvidenceTable {
  readonly id: string;
  readonly project: string;
  readonly stage: Stage;
  readonly kind: string;
  /** Content hash of what the evidence is about. */
  readonly subject: string;
  readonly verdict: 'pass' | 'fail' | 'info';
  readonly title: string;
  readonly body: JsonText;
  readonly hash: string;
  readonly execution_id: string | null;
  readonly created_at: number;
}

/** `to_ref` came from `from_ref`; references are content hashes or ids. */
export interface LineageTable {
  readonly from_ref: string;
  readonly to_ref: string;
  readonly kind: string;
  readonly execution_id: string | null;
  readonly at: number;
}

/** A decision that a person has to take, or has taken. */
export interface ApprovalTable {
  readonly id: string;
  readonly project: string;
  readonly gate: string;
  readonly subject: string;
  readonly by_role: string;
  /** 1 when whoever asked may not decide. */
  readonly not_author: number;
  readonly author: string;
  readonly state: 'waiting' | 'approved' | 'rejected';
  readonly decided_by: string | null;
  readonly comment: string | null;
  readonly created_at: number;
  readonly decided_at: number | null;
  readonly execution_id: string | null;
}

/** What somebody said about a subject. */
export interface CommentTable {
  readonly id: string;
  readonly project: string;
  readonly subject: string;
  readonly author: string;
  readonly text: string;
  readonly created_at: number;
}
