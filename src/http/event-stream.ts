import { asTendError } from '../kernel/error.ts';
import { type Problem, problemOf } from './problem.ts';

/**
 * Silence after which a comment is sent, so that proxies (60 s is common) and clients see a live connection.
 */
export const HEARTBEAT_MS = 15_000;

/**
 * How long a stream may wait for its first item before the reply begins. A refusal that comes at once then
 * has a status of its own; a stream without news begins all the same.
 */
const FIRST_ITEM_WAIT_MS = 100;

/** What a stream needs of the request that it answers. */
export interface EventStreamOptions {
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly heartbeatMs: number;
  readonly serialise: (item: unknown) => string;
  readonly onFault: (error: unknown) => void;
}

type Step = IteratorResult<unknown>;

/**
 * Items as server-sent events (HTML Living Standard §9.2): `data` holds the JSON of each; `event: problem`
 * tells of a failure on the way, `event: end` that no more will come. Rejects with what the first item
 * throws.
 */
export async function eventStream(
  items: AsyncIterable<unknown>,
  options: EventStreamOptions,
): Promise<AsyncIterable<string>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  first.catch(() => undefined); // it is awaited again below, maybe a moment later than it fails
  await Promise.race([first, delay(FIRST_ITEM_WAIT_MS, options.signal)]);
  return frames(iterator, first, options);
}

async function* frames(
  iterator: AsyncIterator<unknown>,
  first: Promise<Step>,
  options: EventStreamOptions,
): AsyncGenerator<string> {
  const { signal, serialise } = options;
  let pending = first;
  let open = true;
  try {
    yield ': open\n\n';
    while (!signal.aborted) {
      const step = await Promise.race([pending, delay(options.heartbeatMs, signal)]);
      if (step === 'elapsed') {
        if (!signal.aborted) yield ': beat\n\n';
        continue;
      }
      if (step.done) {
        open = false;
        yield 'event: end\ndata: {}\n\n';
        return;
      }
      yield `data: ${serialise(step.value)}\n\n`;
      pending = iterator.next();
    }
  } catch (error) {
    open = false;
    options.onFault(error);
    const problem: Problem = problemOf(asTendError(error), options.requestId);
    yield `event: problem\ndata: ${JSON.stringify(problem)}\n\n`;
  } finally {
    // Not awaited: a generator that waits for news answers only when it wakes, which its signal makes it do.
    if (open) {
      pending.catch(() => undefined);
      iterator.return?.()?.catch(options.onFault);
    }
  }
}

function delay(ms: number, signal: AbortSignal): Promise<'elapsed'> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve('elapsed');
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
