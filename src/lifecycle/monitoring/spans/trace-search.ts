import type { NumberTest, TextTest } from '../../training/index.ts';
import type { AssessmentKind } from './assessment.ts';

/** What of a trace is compared as text. */
export type TraceTextColumn = 'id' | 'state' | 'client_request_id';
/** What of a trace is compared as a number of milliseconds. */
export type TraceTimeColumn = 'started_at' | 'ended_at' | 'duration';
/** What of a span is compared; `content`: all of it, as text. */
export type SpanColumn = 'name' | 'type' | 'state' | 'content';

/** One condition on a trace. Those on spans must all hold for one and the same span. */
export type TraceCondition =
  | { readonly on: 'text'; readonly column: TraceTextColumn; readonly test: TextTest }
  | { readonly on: 'time'; readonly column: TraceTimeColumn; readonly test: NumberTest }
  | { readonly on: 'tag' | 'metadata'; readonly key: string; readonly test: TextTest }
  | { readonly on: 'run'; readonly test: TextTest }
  | { readonly on: 'span'; readonly column: SpanColumn; readonly test: TextTest }
  | { readonly on: 'span-attribute'; readonly key: string; readonly test: TextTest }
  | {
      readonly on: 'assessment';
      readonly kind: AssessmentKind;
      readonly name: string;
      readonly test: TextTest | NumberTest;
    };

/** What traces are ordered by; those without the value come last. */
export interface TraceOrder {
  readonly by: TraceTextColumn | TraceTimeColumn | 'experiment_id' | 'name' | 'run';
  readonly descending: boolean;
}

/** The last trace of the page before, in the order of their beginning. */
export interface AfterTrace {
  readonly startedAt: number;
  readonly id: string;
}

/**
 * Which traces, in which order: without one the newest first. `after` goes with no order, `offset` with one.
 */
export interface TraceSearch {
  readonly experimentIds: readonly number[];
  readonly conditions: readonly TraceCondition[];
  readonly order: readonly TraceOrder[];
  readonly limit: number;
  readonly after: AfterTrace | undefined;
  readonly offset: number;
}
