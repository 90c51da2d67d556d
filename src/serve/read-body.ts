import type { IncomingMessage } from 'node:http';
import { type PlaneReply, problem } from './problem.ts';

/** Ten thousand rows of some hundred bytes each. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** Bodies being read by a worker; more would push it out of its memory before any queue fills. */
export const BODY_BYTES_IN_FLIGHT_MAX = 128 * 1024 * 1024;
/**
 * Chunks of one body: a client that streams rows one by one stays below; one that sends single bytes does
 * not.
 */
const CHUNKS_MAX = 65_536;
/**
 * Read on and thrown away after the limit, so that a client which is still sending gets to read the
 * refusal.
 */
const DISCARD_BYTES_MAX = 64 * 1024 * 1024;

/** Bytes of the bodies that a worker is reading. */
export interface BodyBudget {
  bytes: number;
}

/**
 * Reads the body of a request. Calls back once: with the body, or with a refusal and whether the connection
 * must end (the rest of the body is then unread); never when the client goes away before the end.
 */
export function readBody(
  request: IncomingMessage,
  budget: BodyBudget,
  done: (body: Buffer | undefined, refusal: PlaneReply | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  let refusal: PlaneReply | undefined;
  let finished = false;
  const finish = (): void => {
    if (finished) return;
    finished = true;
    budget.bytes -= bytes;
    if (refusal !== undefined) done(undefined, refusal);
    else done(count === 1 ? chunks[0] : Buffer.concat(chunks), undefined);
  };
  const refuse = (answer: PlaneReply): void => {
    refusal ??= answer;
    chunks.length = 0;
  };
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > BODY_BYTES_MAX) refuse(tooLarge());
  if (announced > DISCARD_BYTES_MAX) return finish();
  request.on('data', (chunk: Buffer) => {
    if (finished) return;
    bytes += chunk.length;
    budget.bytes += chunk.length;
    count++;
    if (refusal !== undefined) {
      if (bytes > DISCARD_BYTES_MAX || count > CHUNKS_MAX) finish();
      return;
    }
    if (bytes > BODY_BYTES_MAX) refuse(tooLarge());
    else if (count > CHUNKS_MAX) refuse(tooManyChunks());
    else if (budget.bytes > BODY_BYTES_IN_FLIGHT_MAX) refuse(overloaded());
    else chunks.push(chunk);
    if (count > CHUNKS_MAX) finish();
  });
  request.on('end', finish);
  request.on('close', () => {
    if (finished) return;
    finished = true;
    budget.bytes -= bytes;
  });
}

function tooLarge(): PlaneReply {
  return problem(413, 'TOO_LARGE', `the body is larger than ${BODY_BYTES_MAX} bytes`);
}

function tooManyChunks(): PlaneReply {
  return problem(413, 'TOO_LARGE', `the body came in more than ${CHUNKS_MAX} chunks`, {
    hint: 'Send the body with a Content-Length, or in larger chunks.',
  });
}

function overloaded(): PlaneReply {
  return problem(503, 'UNAVAILABLE', 'too many large bodies are being read at once', {
    headers: { 'Retry-After': '1' },
  });
}
