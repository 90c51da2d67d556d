import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { SegmentTail } from '../../../serve/tail-segments.ts';
import type { LiveTables, Received, ReceivedRow } from '../../data/index.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import type { Book, BookRef } from '../book/book.ts';
import type { LiveInputs } from './live-inputs.ts';
import type { LoggedOutcome, OutcomeLog } from './outcome-log.ts';
import type { PendingPredictions } from './pending-predictions.ts';

/** Raw values of a row that was set aside, by column. */
export type SampleRow = Readonly<Record<string, number | string | boolean | null>>;

/** An outcome that was taken in since the last seal, with its prediction. */
export interface Settled {
  readonly record: PredictionRecord;
  readonly outcome: LoggedOutcome;
  /** Position in the dataset. */
  readonly row: number;
  /** Null until the next boundary. */
  received: Received | null;
}

/** A row on its way into the data. `ref`: undefined for a prediction that the monitors have forgotten. */
export interface Buffered {
  readonly row: ReceivedRow;
  readonly ref: BookRef | undefined;
  readonly settled: Settled;
}

/** What an open project holds in memory. All of it can be read again from the logs. */
export interface LiveState {
  readonly ctx: LifecycleContext;
  readonly inputs: LiveInputs;
  readonly book: Book;
  readonly tables: LiveTables;
  readonly tail: SegmentTail;
  readonly log: OutcomeLog;
  readonly pending: PendingPredictions<BookRef>;
  readonly settled: Map<string, Settled>;
  readonly settledKeys: Map<string | number, string>;
  buffer: Buffered[];
  readonly setAside: Map<string, { rows: number; readonly samples: SampleRow[] }>;
  /** Since the boundary before. */
  predictions: number;
  outcomes: number;
  /**
   * Why the last sealing of segments failed; null: it did not. Undefined: none was tried since the last day.
   */
  sealFailure: string | null | undefined;
  /** Rows received in the life of the project. */
  rows: number;
  /** The project clock, milliseconds UTC. */
  at: number;
}

/** Reads predictions that were logged since the last look. */
export async function readPredictions(state: LiveState): Promise<void> {
  state.predictions += await state.tail.next((record) => {
    state.pending.add(record, state.book.add(record));
  });
}
