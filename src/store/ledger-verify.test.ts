import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { systemPorts } from '../../test/ports.ts';
import { exportLedger, ledgerHeads } from './ledger.ts';
import { type LedgerHeads, verifyLedger } from './ledger-verify.ts';
import { openSqlite } from './open-sqlite.ts';

describe('verifyLedger()', () => {
  let lines: string[];
  let heads: LedgerHeads;
  before(async () => {
    const db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
    for (let i = 1; i <= 6; i++) {
      const body = { i, nested: { z: 1, a: [1.5, 'ü'] } };
      const draft = { actor: 'a', action: 'x.done', subject: `s${i}`, body };
      await db.commit({
        statements: [],
        ledger: [
          { ...draft, chain: 'project/p' },
          { ...draft, chain: 'server' },
        ],
      });
    }
    lines = [];
    for await (const line of exportLedger(db)) lines.push(line);
    heads = await ledgerHeads(db);
    await db.close();
  });

  test('accepts what was exported and tells its heads', async () => {
    assert.deepEqual(await verifyLedger(lines), { ok: true, entries: 12, heads });
    assert.equal((await verifyLedger(lines, heads)).ok, true);
  });

  test('the hash is SHA-256 over sorted members without white space, written out by hand', () => {
    const first = JSON.parse(lines[1] ?? '');
    const text =
      `{"action":"x.done","actor":"a","at":${first.at},"body":{"i":1,"nested":{"a":[1.5,"ü"],"z":1}},` +
      `"chain":"project/p","prev":"${'0'.repeat(64)}","seq":1,"subject":"s1"}`;
    assert.equal(first.hash, createHash('sha256').update(text).digest('hex'));
  });

  test('finds any byte that was flipped, and names the entry or its line', async () => {
    for (const [index, line] of lines.entries()) {
      if (index === 0) continue;
      for (let at = 0; at < line.length; at++) {
        const flipped = String.fromCharCode(line.charCodeAt(at) ^ 1);
        const changed = lines.with(index, line.slice(0, at) + flipped + line.slice(at + 1));
        const check = await verifyLedger(changed);
        assert(
          !check.ok && check.line === index + 1,
          `line ${index + 1}, character ${at}: ${JSON.stringify(check)}`,
        );
      }
    }
  });

  test('names the first entry that does not hold when one was dropped, doubled, swapped', async () => {
    assertFails(await verifyLedger(lines.toSpliced(3, 1)), { line: 4, chain: 'project/p', seq: 4 });
    assertFails(await verifyLedger(lines.toSpliced(3, 0, lines[3] ?? '')), {
      line: 5,
      chain: 'project/p',
      seq: 3,
    });
    const swapped = lines.with(3, lines[4] ?? '').with(4, lines[3] ?? '');
    assertFails(await verifyLedger(swapped), { line: 4, chain: 'project/p', seq: 4 });
  });

  test('finds a cut tail by the header, or by heads kept elsewhere', async () => {
    assertFails(await verifyLedger(lines.slice(0, -2)), { line: 12, chain: 'server', seq: 5 });
    const cut = lines.slice(0, -2);
    const last = JSON.parse(cut.at(-1) ?? '');
    const chains = { ...heads, server: { hash: last.hash, length: 4 } };
    const header = JSON.stringify({ chains: JSON.parse(JSON.stringify(chains)), format: 'tend.ledger/v1' });
    const forged = [header, ...cut.slice(1)];
    // Without an anchor outside nobody can tell; that is the point of keeping one.
    assert.equal((await verifyLedger(forged)).ok, true);
    assertFails(await verifyLedger(forged, heads), { line: 12, chain: 'server', seq: 5 });
  });

  test('finds a chain forked before the kept head, and accepts one that has grown', async () => {
    const kept = JSON.parse(lines[3] ?? '');
    assert.equal((await verifyLedger(lines, { 'project/p': { hash: kept.hash, length: 3 } })).ok, true);
    const forked = await verifyLedger(lines, { 'project/p': { hash: 'f'.repeat(64), length: 3 } });
    assertFails(forked, { line: 4, chain: 'project/p', seq: 3 });
  });

  test('an empty file, and one without a header, do not hold', async () => {
    assertFails(await verifyLedger([]), { line: 1, chain: null, seq: null });
    assertFails(await verifyLedger(lines.slice(1)), { line: 1, chain: null, seq: null });
  });
});

function assertFails(check: Awaited<ReturnType<typeof verifyLedger>>, where: object): void {
  assert(!check.ok);
  const { line, chain, seq } = check;
  assert.deepEqual({ line, chain, seq }, where);
}
