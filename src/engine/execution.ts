import type { Json } from '../kernel/json.ts';
import type { Progress } from '../kernel/progress.ts';
import { parseJsonText } from '../store/json-text.ts';
import type { ExecutionTable, StepTable } from '../store/tables/server-tables.ts';
import { readError, type StoredError } from './stored-error.ts';

export type ExecutionState = ExecutionTable['state'];
export type StepState = StepTable['state'];

/** A step as it stands on disk. */
export interface ExecutionStep {
  readonly name: string;
  readonly seq: number;
  readonly state: StepState;
  readonly attempt: number;
  readonly error: StoredError | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** An execution as it stands on disk. Times are milliseconds UTC. */
export interface Execution {
  readonly id: string;
  readonly workflow: string;
  readonly key: string;
  readonly project: string | null;
  readonly state: ExecutionState;
  readonly input: Json;
  readonly result: Json;
  readonly error: StoredError | null;
  readonly actor: string;
  /** What it waits for, while it waits. */
  readonly reason: string | null;
  readonly wakeAt: number | null;
  /** How often a worker has taken it up. */
  readonly attempt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly steps: readonly ExecutionStep[];
}

/** What happens to an execution in this process, as it happens; nothing is kept. */
export type ExecutionEvent = { readonly executionId: string; readonly project: string | null } & (
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'step'; readonly name: string; readonly state: StepState; readonly attempt: number }
  | { readonly kind: 'waiting'; readonly reason: string }
  /** Records of the project changed without an execution; `executionId` is empty. */
  | { readonly kind: 'announced' }
  | { readonly kind: 'end'; readonly state: ExecutionState; readonly error: StoredError | null }
);

/** True for a state that nothing leads out of. */
export function isFinished(state: ExecutionState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** The rows of an execution and its steps, read. */
export function executionOf(row: ExecutionTable, steps: readonly StepTable[]): Execution {
  return {
    id: row.id,
    workflow: row.workflow,
    key: row.key,
    project: row.project,
    state: row.state,
    input: parseJsonText(row.input),
    result: row.result === null ? null : parseJsonText(row.result),
    error: row.error === null ? null : readError(row.error),
    actor: row.actor,
    reason: row.reason,
    wakeAt: row.wake_at,
    attempt: row.attempt,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    steps: steps.map((step) => ({
      name: step.name,
      seq: step.seq,
      state: step.state,
      attempt: step.attempt,
      error: step.error === null ? null : readError(step.error),
      startedAt: step.started_at,
      endedAt: step.ended_at,
    })),
  };
}
