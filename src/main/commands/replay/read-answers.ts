import type { Socket } from 'node:net';
import type { HttpAnswer } from './http-line.ts';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_LINE = Buffer.from('\r\n');

/** A head is some hundred bytes; more is no server of ours. */
const HEAD_BYTES_MAX = 65_536;

/**
 * Takes the answers of a connection apart as they come: bodies by length or in chunks (RFC 9112 §6, §7.1).
 */
export function readAnswers(
  socket: Socket,
  on: { readonly onAnswer: (answer: HttpAnswer) => void; readonly onBroken: (reason: string) => void },
): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    try {
      for (let taken = takeAnswer(held); taken !== undefined; taken = takeAnswer(held)) {
        held = held.subarray(taken.bytes);
        // 1xx is said on the way to an answer.
        if (taken.answer.status >= 200) on.onAnswer(taken.answer);
      }
    } catch (error) {
      held = Buffer.alloc(0);
      on.onBroken(error instanceof Error ? error.message : String(error));
    }
  });
}

/** The first whole answer of some bytes, and how many it takes; undefined while it is not whole. */
function takeAnswer(bytes: Buffer): { readonly answer: HttpAnswer; readonly bytes: number } | undefined {
  const head = bytes.indexOf(END_OF_HEAD);
  if (head < 0) {
    if (bytes.length > HEAD_BYTES_MAX) throw new TypeError('what it answers is not HTTP');
    return undefined;
  }
  const [first = '', ...lines] = bytes.toString('latin1', 0, head).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  if (!Number.isInteger(status)) throw new TypeError('what it answers is not HTTP');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const start = head + END_OF_HEAD.length;
  const body = /chunked/i.test(headers.get('transfer-encoding') ?? '')
    ? takeChunks(bytes, start)
    : takeLength(bytes, start, Number(headers.get('content-length') ?? 0));
  return body === undefined ? undefined : { answer: { status, headers, body: body.text }, bytes: body.end };
}

interface Taken {
  readonly text: string;
  readonly end: number;
}

function takeLength(bytes: Buffer, start: number, length: number): Taken | undefined {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new TypeError('the length of its answer is no number');
  const end = start + length;
  return bytes.length < end ? undefined : { text: bytes.toString('utf8', start, end), end };
}

function takeChunks(bytes: Buffer, start: number): Taken | undefined {
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf(END_OF_LINE, at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (!Number.isSafeInteger(size)) throw new TypeError('a chunk of its answer has no size');
    const from = line + END_OF_LINE.length;
    const end = from + size + END_OF_LINE.length;
    if (bytes.length < end) return undefined;
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), end };
    parts.push(bytes.subarray(from, from + size));
    at = end;
  }
}
