import type { DomainEvent } from '../kernel/event.ts';
import type { Json } from '../kernel/json.ts';
import type { ReportProgress } from '../kernel/progress.ts';
import type { LedgerDraft, Statement } from '../store/database.ts';

/** What a step hands back. All of it commits in one unit with the mark that the step is done. */
export interface StepOutcome {
  /** Returned by `step` now and whenever the execution passes here again. */
  readonly result: Json;
  readonly statements?: readonly Statement[];
  readonly ledger?: readonly LedgerDraft[];
  readonly events?: readonly DomainEvent[];
}

/** What a step's handler is told. */
export interface StepContext {
  /** 1 at first. A step that was killed half-way comes again with the next number. */
  readonly attempt: number;
  /** Aborted when the execution is interrupted, cancelled, or taken over by another worker. */
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
}

/**
 * Runs at least once until its outcome is committed, so it must be idempotent: what it does outside of its
 * outcome (files, blobs, calls) may happen again.
 */
export type StepHandler = (step: StepContext) => Promise<StepOutcome>;

/** What a workflow is given. Everything it decides must follow from its input and its steps' results. */
export interface WorkflowContext {
  readonly executionId: string;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
  /**
   * Runs once for each name; its result and its writes commit in one unit; afterwards the stored result is
   * returned without running. Errors of a retryable code are tried again with growing pauses; any other is
   * stored and thrown here, now and whenever the execution passes here again.
   */
  readonly step: (name: string, handler: StepHandler) => Promise<Json>;
  /**
   * Suspends the execution as `waiting` until `engine.wake` or the delay. It throws a private signal that
   * ends the run; woken, the workflow starts again from its top, its steps answering from memory, and decides
   * anew.
   */
  readonly wait: (reason: string, options?: { readonly wakeAfterMs?: number }) => Promise<never>;
}

/** A named procedure of steps. */
export interface Workflow {
  readonly name: string;
  readonly run: (ctx: WorkflowContext, input: Json) => Promise<Json>;
}
