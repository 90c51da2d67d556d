import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readEvents, type ServerSentEvent } from './read-events.ts';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

describe('readEvents()', () => {
  it('reads the same events however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.json(), { maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        async (items, size) => {
          const text =
            items.map((item) => `: beat\n\ndata: ${item}\r\n\n`).join('') + 'event: end\ndata: {}\n\n';
          const read: ServerSentEvent[] = [];
          for await (const event of readEvents(chunks(Buffer.from(text), size))) read.push(event);
          assert.deepEqual(read, [
            ...items.map((data) => ({ event: 'message', data })),
            { event: 'end', data: '{}' },
          ]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
