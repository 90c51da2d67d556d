import { problemError } from '../../../cli/problem-error.ts';
import { TendError } from '../../../kernel/error.ts';
import { type HttpAnswer, LineLost } from './http-line.ts';
import type { Batch } from './replay-rows.ts';
import { comesLater, notLost } from './control-calls.ts';
import type { ReplayServer } from './replay-server.ts';

/**
 * Requests under way on the one connection. With four the worker always has the next one at hand; more only
 * fill its queue.
 */
const IN_FLIGHT_MAX = 4;

/** How many rows were answered, and how many the endpoint refused as they are. */
interface Sent {
  readonly answered: number;
  readonly refused: number;
}

/** What is left of a span of event time after a lost connection: the rows that were not logged. */
type Remaining = () => Promise<readonly Batch[]>;

/**
 * Sends the requests of a slice in order, over one connection. What the endpoint puts off is sent again;
 * after a lost connection, what had been logged is not. A row that it refuses is told apart from its
 * neighbours, which are sent one by one. @throws UNAVAILABLE after a minute, NOT_FOUND, GONE
 */
export async function sendPredictions(
  server: ReplayServer,
  endpoint: string,
  batches: readonly Batch[],
  remaining: Remaining,
): Promise<Sent> {
  const path = `/predict/${encodeURIComponent(endpoint)}`;
  let answered = 0;
  let refused = 0;
  let left: readonly Batch[] = batches;
  while (left.length > 0) {
    const round = await sendOnce(server, path, left);
    answered += round.answered;
    refused += round.refused;
    if (!round.lost) {
      left = round.again;
      continue;
    }
    const before = left.reduce((sum, batch) => sum + batch.rows, 0) - round.answered - round.refused;
    left = await remaining();
    // What was carried out though its answer was lost.
    answered += Math.max(0, before - left.reduce((sum, batch) => sum + batch.rows, 0));
  }
  return { answered, refused };
}

interface Round {
  answered: number;
  refused: number;
  lost: boolean;
  /** To be sent again, in order. */
  readonly again: Batch[];
}

/** Sends each batch once, several under way; stops sending at the first that did not go through. */
async function sendOnce(server: ReplayServer, path: string, batches: readonly Batch[]): Promise<Round> {
  const line = await server.plane();
  const round: Round = { answered: 0, refused: 0, lost: false, again: [] };
  const underWay: { readonly batch: Batch; readonly answer: Promise<HttpAnswer | LineLost> }[] = [];
  let stopped: { readonly why: string; readonly answer?: HttpAnswer } | undefined;
  const settleFirst = async (): Promise<void> => {
    const first = underWay.shift();
    if (first === undefined) return;
    const answer = await first.answer;
    if (answer instanceof LineLost) {
      round.lost = true;
      stopped ??= { why: answer.message };
    } else if (answer.status === 200) {
      round.answered += first.batch.rows;
      server.patience.succeeded();
    } else if (comesLater(answer.status)) {
      round.again.push(first.batch);
      stopped ??= { why: problemError(answer.status, answer.body).message, answer };
    } else if (answer.status === 400 || answer.status === 413) {
      if (first.batch.rows === 1) round.refused += 1;
      else round.again.push(...singly(first.batch));
    } else throw problemError(answer.status, answer.body);
  };
  for (const batch of batches) {
    if (stopped !== undefined) round.again.push(batch);
    else {
      const body = `{"instances":[${batch.text}]}`;
      underWay.push({ batch, answer: line.send({ method: 'POST', path, body }).catch(notLost) });
      if (underWay.length >= IN_FLIGHT_MAX) await settleFirst();
    }
  }
  while (underWay.length > 0) await settleFirst();
  if (stopped !== undefined) await server.patience.wait(stopped.why, stopped.answer);
  return round;
}

/** A batch as requests of one row each. */
function singly(batch: Batch): Batch[] {
  const rows: unknown = JSON.parse(`[${batch.text}]`);
  if (!Array.isArray(rows)) throw new TendError('INTERNAL', 'a batch is no list of rows');
  return rows.map((row) => ({ rows: 1, text: JSON.stringify(row) }));
}
