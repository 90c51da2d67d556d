import type { PredictionRecord } from '../../../serve/prediction-record.ts';

/** A prediction whose outcome is awaited, with what the monitors remember it by. */
export interface PendingPrediction<Ref> {
  readonly record: PredictionRecord;
  readonly ref: Ref;
}

/**
 * Predictions held in memory for their outcomes; beyond it the oldest are found in the log, which is slower
 * and no less right. About 200 MB.
 */
export const PENDING_MAX = 200_000;

/** Predictions that wait for their outcomes, by id and by business key. */
export class PendingPredictions<Ref> {
  readonly #byId = new Map<string, PendingPrediction<Ref>>();
  readonly #idOfKey = new Map<string | number, string>();
  /** Ids in the order of arrival, those taken since too; read from `#oldest` on. */
  #order: string[] = [];
  #oldest = 0;
  #whole = true;
  readonly #max: number;

  constructor(max = PENDING_MAX) {
    this.#max = max;
  }

  /**
   * A later prediction of the same key is the one that an outcome by key refers to, in whatever order they
   * are read.
   */
  add(record: PredictionRecord, ref: Ref): void {
    this.#byId.set(record.id, { record, ref });
    this.#refer(record);
    this.#order.push(record.id);
    while (this.#byId.size > this.#max) this.#giveUp(this.#order[this.#oldest++] ?? '');
    // A map's first key costs a walk over all that were deleted before it, so the order is kept apart.
    if (this.#order.length > 2 * this.#max) this.#forgetTaken();
  }

  /** A prediction whose outcome is known: no earlier one of its key is meant by an outcome by key. */
  passSettled(record: PredictionRecord): void {
    this.#refer(record);
  }

  /** A prediction that is not held for its age: its outcome is looked up in the log. */
  passOld(): void {
    this.#whole = false;
  }

  /** False once a prediction was given up or passed: one that waits may stand in the log alone. */
  get whole(): boolean {
    return this.#whole;
  }

  #refer({ key, id }: PredictionRecord): void {
    if (key !== null && (this.#idOfKey.get(key) ?? '') < id) this.#idOfKey.set(key, id);
  }

  #giveUp(prediction: string): void {
    if (this.take(prediction) !== undefined) this.#whole = false;
  }

  find(prediction: string): PendingPrediction<Ref> | undefined {
    return this.#byId.get(prediction);
  }

  findKey(key: string | number): PendingPrediction<Ref> | undefined {
    const id = this.#idOfKey.get(key);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Removes a prediction and returns it. */
  take(prediction: string): PendingPrediction<Ref> | undefined {
    const found = this.#byId.get(prediction);
    if (found === undefined) return undefined;
    this.#byId.delete(prediction);
    const { key } = found.record;
    if (key !== null && this.#idOfKey.get(key) === prediction) this.#idOfKey.delete(key);
    return found;
  }

  #forgetTaken(): void {
    this.#order = this.#order.slice(this.#oldest).filter((id) => this.#byId.has(id));
    this.#oldest = 0;
  }

  /**
   * Gives up predictions from before an event time; an outcome that comes all the same is found in the log.
   */
  expire(before: number): void {
    for (const [id, { record }] of this.#byId) if (record.t < before) this.#giveUp(id);
  }

  values(): IterableIterator<PendingPrediction<Ref>> {
    return this.#byId.values();
  }

  get size(): number {
    return this.#byId.size;
  }
}
