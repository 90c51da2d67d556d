import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { systemPorts } from '../../test/ports.ts';
import { exportLedger } from './ledger.ts';
import { type BrokenLine, ledgerLines } from './ledger-lines.ts';
import { type LedgerCheck, verifyLedger } from './ledger-verify.ts';
import { openSqlite } from './open-sqlite.ts';

const LINE_FEED = 10;

/** What an actor may type: line ends of other systems, characters of several bytes, quotes. */
const TEXT = 'a\u2028b\u2029c\r\n"d" \\ ü 漢 \ufffd \ufeff😀';

describe('an exported file', () => {
  let file: Buffer;
  let lines: Buffer[];
  before(async () => {
    const db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
    for (let i = 1; i <= 3; i++) {
      const draft = { actor: 'a', action: 'x.done', subject: `s${i}`, body: { i, text: TEXT } };
      const chains = ['project/p', 'server'].map((chain) => ({ ...draft, chain }));
      await db.commit({ statements: [], ledger: chains });
    }
    lines = [];
    for await (const line of exportLedger(db)) lines.push(Buffer.from(`${line}\n`));
    await db.close();
    file = Buffer.concat(lines);
  });

  const check = (bytes: Uint8Array): Promise<LedgerCheck> => verifyLedger(ledgerLines([bytes]));

  test('holds, whatever line ends its texts hold and however it is read', async () => {
    assert.equal((await check(file)).ok, true);
    const arbitrary = fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 20 });
    const property = fc.asyncProperty(arbitrary, async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), file.length];
      const chunks = at.slice(1).map((end, i) => file.subarray(at[i], end));
      assert.equal((await verifyLedger(ledgerLines(chunks))).ok, true);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('does not hold with any one bit changed', async () => {
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      assert.equal((await check(changed)).ok, false, `byte ${at}`);
    }
  });

  test('does not hold with any one byte changed to any other', async () => {
    const place = fc.integer({ min: 0, max: file.length - 1 });
    const property = fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] as number) ^ by;
      assert.equal((await check(changed)).ok, false);
    });
    await fc.assert(property, { numRuns: 1_000 });
    for (const at of file.keys()) {
      if (file[at] !== LINE_FEED) continue;
      for (const other of [0, 9, 11, 12, 13, 32, 0x85, 0xe2]) {
        const changed = Buffer.from(file);
        changed[at] = other;
        assert.equal((await check(changed)).ok, false, `line end ${at} as ${other}`);
      }
    }
  });

  test('does not hold when it is cut anywhere', async () => {
    for (let end = 0; end < file.length; end++) {
      assert.equal((await check(file.subarray(0, end))).ok, false, `after ${end} bytes`);
    }
  });

  test('does not hold with any line gone, doubled or swapped, nor with a byte gone', async () => {
    for (const i of lines.keys()) {
      assert.equal((await check(Buffer.concat(lines.toSpliced(i, 1)))).ok, false, `without line ${i + 1}`);
      const doubled = lines.toSpliced(i, 0, lines[i] as Buffer);
      assert.equal((await check(Buffer.concat(doubled))).ok, false, `line ${i + 1} twice`);
      for (let j = i + 1; j < lines.length; j++) {
        const swapped = lines.with(i, lines[j] as Buffer).with(j, lines[i] as Buffer);
        assert.equal((await check(Buffer.concat(swapped))).ok, false, `lines ${i + 1} and ${j + 1}`);
      }
    }
    for (let at = 0; at < file.length; at++) {
      const shorter = Buffer.concat([file.subarray(0, at), file.subarray(at + 1)]);
      assert.equal((await check(shorter)).ok, false, `without byte ${at}`);
    }
  });

  test('is read without holding more than a line', async () => {
    const endless = function* (): Generator<Uint8Array> {
      for (;;) yield Buffer.alloc(1024, 'x');
    };
    const read: (string | BrokenLine)[] = [];
    for await (const line of ledgerLines(endless(), 4096)) read.push(line);
    assert.deepEqual(read, [{ broken: 'the line is too long for an entry' }]);
  });
});
