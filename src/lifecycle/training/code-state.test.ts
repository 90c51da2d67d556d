import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { sha256 } from '../../kernel/hash.ts';
import { codeState } from './code-state.ts';

const NOTHING = { commit: null, dirty: false, diffHash: null, diff: null };

describe('codeState()', () => {
  let dir: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'tend-code-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const commitFirst = (): string => {
    git('init', '--quiet');
    writeFileSync(join(dir, 'request.sql'), 'select a from t\n');
    git('add', '.');
    git('commit', '--quiet', '-m', 'first');
    return git('rev-parse', 'HEAD');
  };

  test('names the commit of a clean working copy, from a folder inside it too', async () => {
    const commit = commitFirst();
    assert.deepEqual(await codeState(dir), { ...NOTHING, commit });
    mkdirSync(join(dir, 'project'));
    assert.deepEqual(await codeState(join(dir, 'project')), { ...NOTHING, commit });
  });

  test('keeps what was changed and not committed, with the hash of it', async () => {
    const commit = commitFirst();
    writeFileSync(join(dir, 'request.sql'), 'select b from t\n');
    const state = await codeState(dir);
    assert.equal(state.commit, commit);
    assert.equal(state.dirty, true);
    assert.match(state.diff ?? '', /^-select a from t\n\+select b from t$/m);
    assert.equal(state.diffHash, sha256(state.diff ?? ''));
    assert.deepEqual(await codeState(dir), state, 'the same state has the same hash');
    git('add', '.');
    assert.equal((await codeState(dir)).diffHash, state.diffHash, 'staging changes nothing of the code');
  });

  test('a file that was never added makes the copy dirty, by its content', async () => {
    const commit = commitFirst();
    writeFileSync(join(dir, 'outcome.sql'), 'select y from t\n');
    const first = await codeState(dir);
    assert.equal(first.commit, commit);
    assert.equal(first.dirty, true);
    assert.match(first.diff ?? '', /outcome\.sql/);
    writeFileSync(join(dir, 'outcome.sql'), 'select z from t\n');
    assert.notEqual((await codeState(dir)).diffHash, first.diffHash);
    symlinkSync('nowhere', join(dir, 'link'));
    assert.match((await codeState(dir)).diff ?? '', /^not in Git: link is no file that can be read$/m);
  });

  test('what Git is told to ignore is no code', async () => {
    commitFirst();
    writeFileSync(join(dir, '.gitignore'), '.tend/\n');
    git('add', '.');
    git('commit', '--quiet', '-m', 'ignore');
    mkdirSync(join(dir, '.tend'));
    writeFileSync(join(dir, '.tend/tend.db'), 'state');
    assert.equal((await codeState(dir)).dirty, false);
  });

  test('names nothing without a commit, and nothing outside of a working copy', async () => {
    assert.deepEqual(await codeState(dir), NOTHING);
    git('init', '--quiet');
    assert.deepEqual(await codeState(dir), NOTHING);
  });
});
