import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { emptyProject, type TinyProject, tinyProject } from '../tiny-project.ts';

describe('tend ledger export and verify', () => {
  let project: TinyProject;
  let lines: readonly string[];
  before(async () => {
    project = tinyProject('regression');
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    const exported = await project.tend(['ledger', 'export', '--out', 'ledger.jsonl', '--json']);
    assert.equal(exported.code, 0, exported.err);
    lines = project.read('ledger.jsonl').trimEnd().split('\n');
    assert.deepEqual(exported.data(), { out: 'ledger.jsonl', entries: lines.length - 1 });
  });
  after(() => project[Symbol.dispose]());

  it('exports for its owner alone what verifies without a server or a folder', async () => {
    assert.equal(statSync(join(project.dir, 'ledger.jsonl')).mode & 0o077, 0);
    using elsewhere = emptyProject();
    elsewhere.write('copy.jsonl', `${lines.join('\n')}\n`);
    const run = await elsewhere.tend(['ledger', 'verify', 'copy.jsonl']);
    assert.equal(run.code, 0, run.err);
    assert.match(
      run.out,
      new RegExp(`^${lines.length - 1} entries hold\nhead of project/tiny: [0-9a-f]{64} `),
    );
    const own = await project.tend(['ledger', 'verify', '--json']);
    assert.equal(own.data().entries, lines.length - 1);
  });

  it('names the first entry that does not hold, whatever was done to it', async () => {
    const at = 7;
    const { seq } = JSON.parse(lines[at] ?? '');
    const flipped = (lines[at] ?? '').replace(
      /"at":(\d)/,
      (_, digit: string) => `"at":${(Number(digit) + 1) % 10}`,
    );
    const kinds: Record<string, [string[], number, RegExp]> = {
      'a flipped byte': [lines.with(at, flipped), at, /the content does not have the hash/],
      'a dropped entry': [
        lines.toSpliced(at, 1),
        at,
        new RegExp(`entry ${seq} of the chain should stand here`),
      ],
      'two entries swapped': [
        lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? ''),
        at,
        new RegExp(`entry ${seq} of the chain should stand here`),
      ],
      'a cut end': [lines.slice(0, -1), lines.length - 1, /the chain should have \d+ entries/],
      'a cut line': [
        [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, 40)],
        lines.length - 1,
        /is not an entry/,
      ],
    };
    for (const [what, [changed, index, reason]] of Object.entries(kinds)) {
      project.write('changed.jsonl', `${changed.join('\n')}\n`);
      const run = await project.tend(['ledger', 'verify', 'changed.jsonl', '--json']);
      assert.equal(run.code, 1, what);
      assert.match(
        run.error().message,
        new RegExp(`^the ledger does not hold at line ${index + 1}\\b`),
        what,
      );
      assert.match(run.error().message, reason, what);
    }
  });

  it('finds an end that was cut with its header rewritten, by a head that was noted elsewhere', async () => {
    const head = (JSON.parse(lines.at(-1) ?? '') as { hash: string }).hash;
    const kept = lines.slice(0, -1);
    const { chain } = JSON.parse(kept.at(-1) ?? '') as { chain: string };
    const last = JSON.parse(kept.at(-1) ?? '') as { hash: string; seq: number };
    const header = JSON.parse(kept[0] ?? '') as { chains: Record<string, unknown>; format: string };
    header.chains[chain] = { hash: last.hash, length: last.seq };
    project.write('forged.jsonl', `${[JSON.stringify(header), ...kept.slice(1)].join('\n')}\n`);
    assert.equal((await project.tend(['ledger', 'verify', 'forged.jsonl'])).code, 0);
    const run = await project.tend(['ledger', 'verify', 'forged.jsonl', '--head', head]);
    assert.equal(run.code, 1);
    assert.match(run.err, new RegExp(`no entry has the hash ${head}: what ended with it was cut`));
    assert.equal((await project.tend(['ledger', 'verify', 'ledger.jsonl', '--head', head])).code, 0);
    assert.equal((await project.tend(['ledger', 'verify', 'ledger.jsonl', '--head', 'x'])).code, 2);
  });

  it('finds an entry of the own folder that was changed behind its back', async () => {
    using other = project.copy();
    const db = new DatabaseSync(join(other.dir, '.tend/tend.db'));
    for (const { name } of db.prepare("select name from sqlite_master where type = 'trigger'").all()) {
      db.exec(`drop trigger "${String(name)}"`);
    }
    const changed = db
      .prepare("update ledger set actor = 'nobody' where seq = 5 and chain = 'project/tiny'")
      .run();
    assert.equal(Number(changed.changes), 1);
    db.close();
    const run = await other.tend(['ledger', 'verify']);
    assert.equal(run.code, 1);
    assert.match(
      run.err,
      /^error: the ledger does not hold at line \d+ \(project\/tiny, entry 5\): the content/,
    );
  });

  it('says what is wrong with a file that cannot be read or written', async () => {
    const cases: [string[], number, RegExp][] = [
      [['verify', 'gone.jsonl'], 4, /^error: there is no file gone\.jsonl\nfix: `tend ledger export/],
      [['verify', '.'], 2, /^error: cannot read \.: it is a folder\nfix: /],
      [
        ['verify', 'examples.csv'],
        1,
        /^error: the ledger does not hold at line 1: the first line is not a header/,
      ],
      [
        ['export', '--out', 'no/such/file'],
        2,
        /^error: cannot write no\/such\/file: it, or a folder on the way/,
      ],
      [['export', '--out', '.'], 2, /^error: cannot write \.: it is a folder\nfix: /],
      [['export'], 2, /^error: required option '--out <value>' not specified\nfix: See `tend ledger --help`/],
    ];
    for (const [args, code, message] of cases) {
      const run = await project.tend(['ledger', ...args]);
      assert.equal(run.code, code, run.err);
      assert.match(run.err, message);
    }
  });
});
