import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { type LoggedOutcome, openOutcomeLog } from './outcome-log.ts';

const root = mkdtempSync(join(tmpdir(), 'tend-outcomes-'));
after(() => rmSync(root, { recursive: true, force: true }));
const NONE: ReadonlySet<string> = new Set();

function outcome(prediction: string, returned: number | string | boolean = true): LoggedOutcome {
  return { prediction, values: { returned }, at: null, receivedAt: 5 };
}

function names(outcomes: readonly LoggedOutcome[]): string[] {
  return outcomes.map(({ prediction }) => prediction);
}

describe('the log of outcomes', () => {
  test('gives back what was acknowledged, in order, and passes over a torn last line', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const batches = fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, fc.nat({ max: 60 }), async (sent, kept) => {
        const dir = mkdtempSync(join(root, 'log-'));
        const all: LoggedOutcome[] = [];
        for (const values of sent) {
          const log = openOutcomeLog(dir, 'visits', NONE);
          assert.deepEqual(log.unsealed, JSON.parse(JSON.stringify(all)));
          const batch = values.map((returned, i) => outcome(`${all.length + i}`, returned));
          await log.append(batch);
          all.push(...batch);
          log.close();
          const torn = JSON.stringify(outcome('torn')).slice(0, kept);
          appendFileSync(join(dir, 'visits', log.file()), torn);
        }
        const log = openOutcomeLog(dir, 'visits', NONE);
        assert.deepEqual(log.unsealed, JSON.parse(JSON.stringify(all)));
        assert.ok(readdirSync(join(dir, 'visits')).length <= 1);
      }),
      { numRuns: 30 },
    );
  });

  test('never continues a line that could not be taken away', async () => {
    const dir = mkdtempSync(join(root, 'torn-'));
    const log = openOutcomeLog(dir, 'visits', NONE);
    await log.append([outcome('a')]);
    appendFileSync(join(dir, 'visits', log.file()), '{"prediction":"b","val');
    await log.append([outcome('c')]);
    log.close();
    assert.deepEqual(names(openOutcomeLog(dir, 'visits', NONE).unsealed), ['a', 'c']);
  });

  test('uses a name once: after a seal and a restart, nothing goes where it counts as sealed', async () => {
    const dir = mkdtempSync(join(root, 'names-'));
    const sealed = new Set<string>();
    for (let day = 0; day < 3; day++) {
      const log = openOutcomeLog(dir, 'visits', sealed);
      assert.deepEqual(names(log.unsealed), []);
      await log.append([outcome(`day ${day}`)]);
      const again = openOutcomeLog(dir, 'visits', sealed);
      assert.deepEqual(names(again.unsealed), [`day ${day}`]);
      assert.ok(!sealed.has(again.file()));
      sealed.add(again.file());
      again.sealed();
      // Nothing is left in the folder, and the process ends here.
      assert.deepEqual(readdirSync(join(dir, 'visits')), []);
      log.close();
    }
    const log = openOutcomeLog(dir, 'visits', sealed);
    await log.append([outcome('x')]);
    log.sealed();
    await log.append([outcome('y')]);
    assert.deepEqual(names(openOutcomeLog(dir, 'visits', sealed).unsealed), ['y']);
    log.close();
  });

  test('removes a file that was sealed before a kill, and reads it no more', async () => {
    const dir = mkdtempSync(join(root, 'kill-'));
    const log = openOutcomeLog(dir, 'visits', NONE);
    await log.append([outcome('a')]);
    log.close();
    const file = join(dir, 'visits', log.file());
    const bytes = readFileSync(file);
    const reopened = openOutcomeLog(dir, 'visits', new Set([log.file()]));
    assert.deepEqual([names(reopened.unsealed), existsSync(file)], [[], false]);
    await reopened.append([outcome('b')]);
    reopened.close();
    writeFileSync(file, bytes);
    assert.deepEqual(names(openOutcomeLog(dir, 'visits', new Set([log.file()])).unsealed), ['b']);
  });

  test('takes nothing of a request in when the disk is full, and goes on when there is room', () => {
    const dir = mkdtempSync(join(root, 'full-'));
    // A limit on the size of files stands in for a small disk: the write stops half way with an error.
    const program = `
      import { openOutcomeLog } from ${JSON.stringify(new URL('./outcome-log.ts', import.meta.url).href)};
      const log = openOutcomeLog(${JSON.stringify(dir)}, 'visits', new Set());
      const values = (size) => ({ text: 'x'.repeat(size) });
      const outcome = (prediction, size) => ({ prediction, values: values(size), at: null, receivedAt: 1 });
      const codes = [];
      for (const [name, size] of [['a', 10], ['b', 10_000], ['c', 10], ['d', 5_000], ['e', 10]]) {
        codes.push(await log.append([outcome(name, size)]).then(() => 'ok', (error) => error.code));
      }
      console.log(JSON.stringify(codes));`;
    const prefix = ['prlimit', '--fsize=4096', '--', process.execPath];
    const command = [...prefix, '--input-type=module', '-e', program];
    const child = spawnSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' });
    assert.equal(child.status, 0, child.stderr);
    assert.deepEqual(JSON.parse(child.stdout), ['ok', 'DISK_FULL', 'ok', 'DISK_FULL', 'ok']);
    assert.deepEqual(names(openOutcomeLog(dir, 'visits', NONE).unsealed), ['a', 'c', 'e']);
  });

  test('is of an endpoint, and of no path', () => {
    for (const name of ['', '..', 'a/b', 'A b']) {
      assert.throws(() => openOutcomeLog(root, name, NONE), RangeError);
    }
  });
});
