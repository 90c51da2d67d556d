/** One received outcome with the prediction that it belongs to. Times are milliseconds UTC. */
export interface ReceivedRow {
  readonly prediction: string;
  readonly key: string | number | null;
  /** Event time of the prediction. */
  readonly t: number;
  /** Project clock when the outcome was received. */
  readonly receivedAt: number;
  readonly release: string;
  readonly version: string;
  readonly score: number | null;
  /** The model's inputs as JSON. */
  readonly features: string;
  /** The outcome as it was sent, JSON: what the raw columns made of it may be less. */
  readonly outcome: string;
  /** Position in the dataset. */
  readonly row: number;
  /** The raw columns of the source but the position, in its order; times as milliseconds. */
  readonly values: readonly (number | string | boolean | null)[];
}

/** What became of a received row: its target (NaN: none), or the rule that set it aside. */
export interface Received {
  readonly target: number;
  readonly rule: string | null;
  /** What the engine said of a row that the declared SQL cannot take. */
  readonly error?: string;
}

/** A received row with what became of it. */
export interface KeptRow {
  readonly row: ReceivedRow;
  readonly received: Received;
  /** From when on it counts as known where it came late, milliseconds UTC; null where it came in time. */
  readonly known: number | null;
}
