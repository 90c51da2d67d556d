import type { PreparedInstance } from '../decide/release-decider.ts';
import type { Clock } from '../kernel/clock.ts';
import { asTendError, TendError } from '../kernel/error.ts';
import type { Log } from './plane-log.ts';
import { elapsedS, type PredictCall } from './predict-call.ts';
import { countRequest, type PredictionOutcome, type ReleaseCounts } from './prediction-counts.ts';
import type { ServedRoute } from './route-table.ts';

/** Rows of one request in one turn: some milliseconds, after which single predictions get their turn. */
const SLICE_ROWS = 256;
/** Rows of all requests in one turn, for the same reason. */
const TURN_ROWS_MAX = 2_048;
/** A client that waits longer has given up; the supervisor's own timeouts are above this. */
const DEADLINE_S = 10;
/** Beyond this a number is infinite as float32, which is what models compute with (IEEE 754 binary32). */
const FLOAT32_MAX = 3.4028234663852886e38;

/** An accepted request: its instances are checked and their features computed. */
export interface PredictJob {
  readonly call: PredictCall;
  readonly route: ServedRoute;
  readonly counted: ReleaseCounts;
  /** Arrival, milliseconds UTC. */
  readonly at: number;
  readonly prepared: readonly PreparedInstance[];
  /** Filled from the front as turns go by. */
  readonly ids: string[];
  readonly predictions: number[];
  settled: boolean;
}

/** What the batches of a worker share. `record` throws what makes the answers of a turn impossible. */
export interface MicroBatchOptions {
  readonly clock: Clock;
  readonly nextId: () => string;
  readonly record: (endpoint: string, lines: string, at: number) => void;
  readonly log: Log;
}

/** A part of a job that is decided in one turn. */
interface Slice {
  readonly job: PredictJob;
  readonly batch: readonly PreparedInstance[];
}

/**
 * Collects the requests of one turn of the event loop and decides them together: one call of the model for
 * each release, one write of records for each endpoint, no added delay. Requests are then answered in their
 * order.
 */
export class MicroBatch {
  readonly #options: MicroBatchOptions;
  #jobs: PredictJob[] = [];
  #scheduled = false;
  #waiting = 0;

  constructor(options: MicroBatchOptions) {
    this.#options = options;
  }

  /** Predictions that are accepted and not yet decided. */
  get waiting(): number {
    return this.#waiting;
  }

  add(job: PredictJob): void {
    this.#jobs.push(job);
    this.#waiting += job.prepared.length;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const slices = this.#take();
    const byRoute = Map.groupBy(slices, (slice) => slice.job.route);
    const records = new Map<string, string>();
    const decided: PredictJob[] = [];
    for (const [route, ofRoute] of byRoute) {
      for (const { slice, lines } of this.#decideRoute(route, ofRoute)) {
        records.set(route.endpoint, (records.get(route.endpoint) ?? '') + lines);
        decided.push(slice.job);
      }
    }
    const failed = this.#write(records, slices);
    for (const job of decided) this.#finish(job, failed.get(job.route.endpoint));
    if (this.#jobs.length > 0) this.#schedule();
  }

  /** The parts of this turn, in the order of arrival; of long jobs a part, and the rest behind the others. */
  #take(): Slice[] {
    const slices: Slice[] = [];
    const later: PredictJob[] = [];
    let rows = 0;
    for (const job of this.#jobs) {
      if (job.settled) continue;
      if (rows >= TURN_ROWS_MAX) {
        later.push(job);
        continue;
      }
      if (this.#elapsedS(job) > DEADLINE_S) {
        this.#refuse(
          job,
          new TendError('UNAVAILABLE', `no answer within ${DEADLINE_S} s`),
          'unavailable',
          true,
        );
        continue;
      }
      const from = job.predictions.length;
      const batch =
        job.prepared.length <= SLICE_ROWS ? job.prepared : job.prepared.slice(from, from + SLICE_ROWS);
      rows += batch.length;
      slices.push({ job, batch });
      if (from + batch.length < job.prepared.length) later.push(job);
    }
    this.#jobs = later;
    return slices;
  }

  #decideRoute(
    route: ServedRoute,
    slices: readonly Slice[],
  ): { readonly slice: Slice; readonly lines: string }[] {
    const { decide } = route.served.decider;
    try {
      const scores = decide(
        slices.length === 1 ? (slices[0] as Slice).batch : slices.flatMap((one) => one.batch),
      );
      let from = 0;
      return slices.flatMap((slice) => {
        const own = scores.subarray(from, from + slice.batch.length);
        from += slice.batch.length;
        return this.#recordSlice(slice, own);
      });
    } catch (error) {
      // What one request broke must not fail its neighbours: each is decided alone.
      if (slices.length > 1) return slices.flatMap((slice) => this.#decideRoute(route, [slice]));
      const coded = asTendError(error);
      this.#options.log(`decide ${route.endpoint} ${route.version}: ${coded.stack ?? coded.message}`);
      this.#refuse((slices[0] as Slice).job, new TendError('INTERNAL', coded.message), 'error');
      return [];
    }
  }

  /** Takes in the scores of a slice and spells its records; refuses the job when a score is no number. */
  #recordSlice(slice: Slice, scores: Float32Array): { readonly slice: Slice; readonly lines: string }[] {
    const { job, batch } = slice;
    const from = job.predictions.length;
    const latencyUs = Math.round(this.#elapsedS(job) * 1e6);
    let lines = '';
    let bad = -1;
    for (let i = 0; i < batch.length; i++) {
      const prepared = batch[i] as PreparedInstance;
      const prediction = scores[i] ?? Number.NaN;
      if (!Number.isFinite(prediction) && bad < 0) bad = i;
      const id = this.#options.nextId();
      job.ids.push(id);
      job.predictions.push(prediction);
      lines += job.route.recordLine({
        id,
        at: job.at,
        fields: job.call.instances[from + i],
        prepared,
        prediction,
        latencyUs,
      });
    }
    const recorded = [{ slice, lines }];
    if (bad < 0) return recorded;
    return this.#refuseNumber(job, batch[bad] as PreparedInstance, from + bad) === 'invalid' ? [] : recorded;
  }

  /** The client's doing when an input is beyond what the model computes with, else the release's. */
  #refuseNumber(job: PredictJob, prepared: PreparedInstance, index: number): PredictionOutcome {
    const inputs = job.route.served.decider.manifest.inputs;
    const large = prepared.inputs.findIndex(
      (value) => typeof value === 'number' && Math.abs(value) > FLOAT32_MAX,
    );
    if (large < 0) {
      this.#options.log(
        `decide ${job.route.endpoint} ${job.route.version}: an answer is not a finite number`,
      );
      return this.#refuse(job, new TendError('INTERNAL', 'the answer is not a finite number'), 'error');
    }
    const message = `the model input ${inputs[large]?.name ?? ''} is beyond float32`;
    const path = job.call.listed ? `instances[${index}]` : '';
    return this.#refuse(
      job,
      new TendError('INVALID_INPUT', message, { fields: [{ path, message }] }),
      'invalid',
    );
  }

  /** Writes the records of each endpoint; returns the endpoints whose records could not be written. */
  #write(records: ReadonlyMap<string, string>, slices: readonly Slice[]): Map<string, TendError> {
    const failed = new Map<string, TendError>();
    for (const [endpoint, lines] of records) {
      if (lines === '') continue;
      try {
        this.#options.record(endpoint, lines, slices[0]?.job.at ?? 0);
      } catch (error) {
        const coded = asTendError(error);
        this.#options.log(`record ${endpoint}: ${coded.message}: ${String(coded.cause)}`);
        failed.set(endpoint, coded);
      }
    }
    return failed;
  }

  #finish(job: PredictJob, failure: TendError | undefined): void {
    if (job.settled) return;
    if (failure !== undefined) {
      this.#refuse(job, failure, 'unavailable');
      return;
    }
    if (job.predictions.length < job.prepared.length) return;
    this.#settle(job, 'ok');
    job.call.settle({ kind: 'answer', route: job.route, ids: job.ids, predictions: job.predictions });
  }

  #refuse(job: PredictJob, error: TendError, outcome: PredictionOutcome, expired = false): PredictionOutcome {
    this.#settle(job, outcome);
    job.call.settle({ kind: 'refusal', error, expired });
    return outcome;
  }

  #settle(job: PredictJob, outcome: PredictionOutcome): void {
    job.settled = true;
    this.#waiting -= job.prepared.length;
    countRequest(job.counted, outcome, job.prepared.length, this.#elapsedS(job));
  }

  #elapsedS(job: PredictJob): number {
    return elapsedS(this.#options.clock, job.call);
  }
}
