import type { PreparedInstance } from '../decide/release-decider.ts';
import type { Clock, Random } from '../kernel/clock.ts';
import { asTendError, type FieldError, TendError } from '../kernel/error.ts';
import { MicroBatch } from './micro-batch.ts';
import type { Log } from './plane-log.ts';
import { elapsedS, type PredictCall, type PredictResult } from './predict-call.ts';
import { countRequest, PredictionCounts } from './prediction-counts.ts';
import { predictionIds } from './prediction-id.ts';
import { nextRoute, type RouteTable, type ServedEndpoint, type ServedRoute } from './route-table.ts';

/**
 * Instances in one request: a tenth of a second of work, so that others wait no longer than that for
 * theirs.
 */
export const INSTANCES_MAX = 10_000;
/**
 * Predictions that wait in a worker: under a second of work; beyond it a client is better served by trying
 * again.
 */
export const QUEUE_ROWS_MAX = 30_000;
/** Mistakes listed in one answer: enough to correct a client by, few enough to read. */
const FIELD_ERRORS_MAX = 20;

/** What the prediction path of a worker needs. */
export interface PredictorOptions {
  readonly worker: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly routes: () => RouteTable | undefined;
  /** Appends whole lines for the endpoint; returning means they outlive the process. @throws TendError */
  readonly record: (endpoint: string, lines: string, at: number) => void;
  readonly log: Log;
}

/** Answers predictions; every protocol of the data plane goes through one of these. */
export interface Predictor {
  readonly predict: (call: PredictCall) => void;
  /** Counts a request that was refused before it became a call. */
  readonly countInvalid: (endpoint: string) => void;
  readonly counts: PredictionCounts;
  /** Predictions that wait. */
  readonly queue: () => number;
}

/**
 * The prediction path of a worker: route, check and compute features at once (a mistake is answered at once),
 * then decide in the micro-batch of the turn, record, and answer. Nothing in it is awaited.
 */
export function createPredictor(options: PredictorOptions): Predictor {
  const { clock } = options;
  const counts = new PredictionCounts();
  const nextId = predictionIds(options.worker, clock, options.random);
  const batch = new MicroBatch({ clock, nextId, record: options.record, log: options.log });

  const predict = (call: PredictCall): void => {
    const table = options.routes();
    const endpoint = table?.endpoints.get(call.endpoint);
    if (endpoint === undefined) return refuse(call, unknownEndpoint(call.endpoint, table));
    const refusal = refusalOf(endpoint, call.instances.length, clock);
    if (refusal !== null) {
      countRequest(counts.of(endpoint.name, '', ''), 'unavailable', call.instances.length, 0);
      return call.settle(refusal);
    }
    const route = nextRoute(endpoint);
    const counted = counts.of(endpoint.name, route.release, route.version);
    const rows = call.instances.length;
    if (batch.waiting + rows > QUEUE_ROWS_MAX) {
      countRequest(counted, 'unavailable', rows, 0);
      return refuse(call, new TendError('UNAVAILABLE', 'the queue of predictions is full'));
    }
    const at = clock.now();
    let prepared: readonly PreparedInstance[];
    try {
      prepared = prepareAll(route, call, at);
    } catch (error) {
      const coded = asTendError(error);
      if (coded.code === 'INTERNAL') {
        options.log(`prepare: ${coded.stack ?? coded.message}`);
        // The next request goes to the next release in turn, not to the one that is broken again.
        endpoint.sequence++;
      }
      countRequest(counted, coded.code === 'INTERNAL' ? 'error' : 'invalid', rows, elapsedS(clock, call));
      return refuse(call, coded);
    }
    endpoint.sequence++;
    batch.add({ call, route, counted, at, prepared, ids: [], predictions: [], settled: false });
  };
  return {
    predict,
    counts,
    countInvalid: (endpoint) => {
      if (options.routes()?.endpoints.has(endpoint) === true) {
        countRequest(counts.of(endpoint, '', ''), 'invalid', 1, 0);
      }
    },
    queue: () => batch.waiting,
  };
}

/** Seconds after which asking again is worth it where somebody has to resume the endpoint first. */
const STOPPED_RETRY_S = 30;

/** Why the endpoint takes no request now, if it does not. */
function refusalOf(
  { name, closed, throttle }: ServedEndpoint,
  rows: number,
  clock: Clock,
): Extract<PredictResult, { readonly kind: 'refusal' }> | null {
  if (closed?.kind === 'retired') {
    const { successor } = closed;
    const error = new TendError('GONE', `the endpoint ${name} was retired`, {
      hint: successor === null ? 'Nothing took its place.' : `Ask ${successor} instead.`,
    });
    return { kind: 'refusal', error, expired: false, successor };
  }
  if (closed?.kind === 'stopped') {
    const why = closed.reason === null ? '' : `: ${closed.reason}`;
    const error = new TendError('UNAVAILABLE', `the endpoint ${name} is stopped${why}`, {
      hint: 'It answers again once it is resumed.',
    });
    return { kind: 'refusal', error, expired: false, retryAfterS: STOPPED_RETRY_S };
  }
  const retryAfterS = throttle?.take(rows, clock.monotonic()) ?? 0;
  if (retryAfterS === 0) return null;
  const error = new TendError('TOO_MANY', `the endpoint ${name} is throttled`);
  return { kind: 'refusal', error, expired: false, retryAfterS };
}

/** @throws INVALID_INPUT with the mistakes of all instances, up to a limit. */
function prepareAll(route: ServedRoute, call: PredictCall, at: number): readonly PreparedInstance[] {
  const { instances } = call;
  if (instances.length > INSTANCES_MAX) {
    throw new TendError(
      'TOO_LARGE',
      `${instances.length} instances; at most ${INSTANCES_MAX} in one request`,
    );
  }
  if (instances.length === 0) {
    throw new TendError('INVALID_INPUT', 'there are no instances', {
      fields: [{ path: 'instances', message: 'expected at least one object of named fields' }],
    });
  }
  const { prepare } = route.served.decider;
  const t = call.eventTimeMs ?? at;
  const prepared: PreparedInstance[] = [];
  const mistakes: FieldError[] = [];
  for (let i = 0; i < instances.length; i++) {
    try {
      prepared.push(prepare(ownFields(route, instances[i]), t, call.listed ? `instances[${i}]` : ''));
    } catch (error) {
      if (!(error instanceof TendError) || error.fields.length === 0) throw error;
      mistakes.push(...error.fields);
      if (mistakes.length >= FIELD_ERRORS_MAX) break;
    }
  }
  if (mistakes.length === 0) return prepared;
  const first = mistakes[0] as FieldError;
  const where = first.path === '' ? '' : `${first.path}: `;
  throw new TendError('INVALID_INPUT', `${where}${first.message}`, {
    fields: mistakes.slice(0, FIELD_ERRORS_MAX),
    hint: `The fields are ${[...route.served.fieldNames].join(', ').slice(0, 2_000)}.`,
  });
}

/** While two releases with unlike fields share an endpoint, a client sends what either may ask for. */
function ownFields(route: ServedRoute, instance: unknown): unknown {
  if (route.foreignFields.size === 0) return instance;
  if (typeof instance !== 'object' || instance === null || Array.isArray(instance)) return instance;
  return Object.fromEntries(Object.entries(instance).filter(([name]) => !route.foreignFields.has(name)));
}

function unknownEndpoint(name: string, table: RouteTable | undefined): TendError {
  if (table === undefined) return new TendError('UNAVAILABLE', 'no routing is loaded yet');
  const known = [...table.endpoints.keys()].slice(0, 20).join(', ');
  return new TendError('NOT_FOUND', `there is no endpoint ${JSON.stringify(name.slice(0, 100))}`, {
    hint: known === '' ? 'No endpoint is deployed yet.' : `The endpoints are ${known}.`,
  });
}

function refuse(call: PredictCall, error: TendError): void {
  call.settle({ kind: 'refusal', error, expired: false });
}
