import { rawValues, outcomeColumns, positionOf } from './raw-values.ts';
import type { BookRef } from '../book/book.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { findLogged } from './find-logged.ts';
import { type LiveState, readPredictions, type Settled } from './live-state.ts';
import type { LoggedOutcome } from './outcome-log.ts';
import { type OutcomeValues, readOutcomeValue } from './outcome-value.ts';

/** One outcome as it is sent: of a prediction by id, or by business key. */
export interface SentOutcome {
  readonly prediction?: string;
  readonly key?: string | number;
  readonly value: unknown;
  /** When it happened, milliseconds UTC. */
  readonly at?: number;
}

/** An outcome that was not taken in, by its place in the request. */
export interface OutcomeProblem {
  readonly index: number;
  readonly code: 'NOT_FOUND' | 'INVALID_INPUT' | 'CONFLICT';
  readonly message: string;
}

/** What became of the outcomes of a request; each is counted once. */
export interface TakenOutcomes {
  /** Taken in; a rule may still set its row aside. */
  readonly accepted: number;
  /** Known already, with the same value. */
  readonly duplicate: number;
  /** Of no prediction that was logged. */
  readonly unknown: number;
  /** A value of the wrong type, or another one than was taken in before. */
  readonly refused: number;
  readonly problems: OutcomeProblem[];
}

/** Problems listed in one answer: enough to correct a client by, few enough to read. */
const PROBLEMS_MAX = 100;

/** What is known of the prediction that an outcome refers to. */
type Found =
  | { readonly kind: 'open'; readonly record: PredictionRecord; readonly ref: BookRef | undefined }
  | { readonly kind: 'settled'; readonly values: LoggedOutcome['values'] };

/**
 * Takes outcomes in: joined with their predictions, on disk before this resolves. What is refused changes
 * nothing; the same outcome again is counted as a duplicate and no second time.
 */
export async function takeOutcomes(
  state: LiveState,
  outcomes: readonly SentOutcome[],
): Promise<TakenOutcomes> {
  await readPredictions(state);
  const columns = outcomeColumns(state.inputs.data.features, state.inputs.key);
  const looked = outcomes.map((outcome) => inMemory(state, outcome));
  const missing = outcomes.filter((_outcome, i) => looked[i] === undefined);
  const logged = missing.length === 0 ? undefined : await findLogged(state, missing);
  const counts = { accepted: 0, duplicate: 0, unknown: 0, refused: 0 };
  const problems: OutcomeProblem[] = [];
  const taken: {
    readonly record: PredictionRecord;
    readonly ref: BookRef | undefined;
    readonly outcome: LoggedOutcome;
  }[] = [];
  const now = new Map<string, LoggedOutcome['values']>();
  const problem = (index: number, code: OutcomeProblem['code'], message: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ index, code, message });
  };
  for (const [index, sent] of outcomes.entries()) {
    const found = looked[index] ?? logged?.(sent);
    if (found === undefined) {
      counts.unknown++;
      problem(index, 'NOT_FOUND', `no prediction ${nameOf(sent)} was logged`);
      continue;
    }
    const read = readOutcomeValue(sent.value, columns);
    const before = found.kind === 'settled' ? found.values : now.get(found.record.id);
    const verdict = verdictOf(read, before);
    counts[verdict]++;
    if (verdict === 'refused') {
      const differs = `${nameOf(sent)} has another outcome already; the first one stands`;
      if ('mistake' in read) problem(index, 'INVALID_INPUT', read.mistake);
      else problem(index, 'CONFLICT', differs);
    }
    if (verdict !== 'accepted' || found.kind !== 'open' || !('values' in read)) continue;
    const { record, ref } = found;
    now.set(record.id, read.values);
    const outcome = { prediction: record.id, values: read.values, at: sent.at ?? null, receivedAt: state.at };
    taken.push({ record, ref, outcome });
  }
  if (taken.length > 0) await state.log.append(taken.map(({ outcome }) => outcome));
  for (const { record, ref, outcome } of taken) settle(state, record, ref, outcome);
  return { ...counts, problems };
}

function nameOf({ prediction, key }: SentOutcome): string {
  return prediction ?? `with the key ${JSON.stringify(key)}`;
}

function verdictOf(
  read: OutcomeValues,
  before: LoggedOutcome['values'] | undefined,
): 'accepted' | 'duplicate' | 'refused' {
  if ('mistake' in read) return 'refused';
  if (before === undefined) return 'accepted';
  return sameValues(read.values, before) ? 'duplicate' : 'refused';
}

function sameValues(a: LoggedOutcome['values'], b: LoggedOutcome['values']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function inMemory(state: LiveState, { prediction, key }: SentOutcome): Found | undefined {
  const open = prediction === undefined ? state.pending.findKey(key ?? '') : state.pending.find(prediction);
  if (open !== undefined) return { kind: 'open', ...open };
  const id = prediction ?? state.settledKeys.get(key ?? '');
  const settled = id === undefined ? undefined : state.settled.get(id);
  return settled === undefined ? undefined : { kind: 'settled', values: settled.outcome.values };
}

/**
 * Notes an outcome that is on disk: it leaves the predictions that wait, and its row goes into the next
 * boundary.
 */
export function settle(
  state: LiveState,
  record: PredictionRecord,
  ref: BookRef | undefined,
  outcome: LoggedOutcome,
): void {
  const { features } = state.inputs.data;
  const { key } = state.inputs;
  const row = positionOf(key, record, state.rows);
  const settled: Settled = { record, outcome, row, received: null };
  state.pending.take(record.id);
  state.settled.set(record.id, settled);
  if (record.key !== null) state.settledKeys.set(record.key, record.id);
  state.buffer.push({
    settled,
    ref,
    row: {
      prediction: record.id,
      key: record.key,
      t: record.t,
      receivedAt: outcome.receivedAt,
      release: record.release,
      version: record.version,
      score: record.prediction,
      features: JSON.stringify(record.features),
      outcome: JSON.stringify({ values: outcome.values, at: outcome.at }),
      row,
      values: rawValues(features, key, record, outcome),
    },
  });
  state.rows++;
  state.outcomes++;
}
