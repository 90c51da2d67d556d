import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runLine } from './cli-testbed.ts';

describe('runCli()', () => {
  it('turns positions and flags into the input of an operation', async () => {
    const line = [
      'models',
      'list',
      '--limit',
      '7',
      '--state',
      'live',
      '--tags',
      'a',
      '--tags',
      'b',
      '--deep',
      '--json',
    ];
    const run = await runLine(line);
    assert.equal(run.code, 0);
    assert.deepEqual(JSON.parse(run.json.data.items[0].input), {
      limit: 7,
      state: 'live',
      tags: ['a', 'b'],
      deep: true,
    });
    assert.deepEqual(run.json.meta, {});
    assert.equal(run.err, '');
    const show = await runLine(['--json', '--dir', '/tmp/x', 'models', 'show', 'flight-delay']);
    assert.deepEqual(show.json.data, { name: 'flight-delay' });
  });

  it('prints a table for people, with nothing in it that acts on the terminal', async () => {
    const { out, err } = await runLine(['models', 'list']);
    const lines = out.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^name +version +madeAt +input$/);
    assert.match(lines[1] ?? '', /^flight-delay +3 +2023-11-14T22:13:20Z +\{/);
    assert.match(lines[2] ?? '', /^\\x1b\]0;owned\\x07evil line +12/);
    assert.equal(lines.length, 3);
    assert.equal(err, 'more: add --cursor abc\n');
    const narrow = await runLine(['models', 'list'], { tty: true, environment: { NO_COLOR: '1' } });
    assert.ok(narrow.out.split('\n').every((line) => line.length <= 60));
  });

  it('gives every kind of error its exit code and, with --json, its shape', async () => {
    const expected = {
      INVALID_INPUT: 2,
      USAGE: 2,
      SPEC_INVALID: 3,
      NOT_FOUND: 4,
      GONE: 4,
      NOT_ALLOWED: 5,
      NOT_SIGNED_IN: 5,
      STALE_PLAN: 6,
      FOLDER_OWNED: 6,
      UNAVAILABLE: 1,
      TRAINING_FAILED: 1,
      INTERRUPTED: 130,
      DEFECT: 1,
    };
    for (const [code, exit] of Object.entries(expected)) {
      const run = await runLine(['fail', code, '--json']);
      assert.equal(run.code, exit, code);
      assert.deepEqual(Object.keys(run.json.error).slice(0, 4), ['code', 'message', 'hint', 'docs']);
      assert.equal(run.json.error.code, code === 'DEFECT' ? 'INTERNAL' : code);
      assert.equal(run.out.trimEnd().split('\n').length, 1, 'nothing else on standard output');
      assert.match(run.err, /working 50%\nwarning: careful\n/);
    }
  });

  it('says what failed, each mistake, and what to do', async () => {
    const { err, out, code } = await runLine(['fail', 'CONFLICT']);
    assert.equal(code, 6);
    assert.equal(out, '');
    assert.match(
      err,
      /error: failed with CONFLICT\n {2}a: wrong\n {2}b: wrong too\nfix: Read the present state/,
    );
  });

  it('lets a command end with another code than 0, its data printed all the same', async () => {
    const run = await runLine(['fail', 'GATE', '--times', '3', '--yes', '--json']);
    assert.equal(run.code, 10);
    assert.deepEqual(run.json.data, { passed: false, options: { times: 3, yes: true } });
  });

  it('refuses a line it does not understand with exit 2, and names what may be meant', async () => {
    const lines: [string[], RegExp][] = [
      [['modles', 'list'], /unknown command 'modles'[^]*models/],
      [['models', 'lst'], /unknown command 'lst'[^]*list/],
      [['models', 'list', '--stat', 'live'], /unknown option '--stat'[^]*--state/],
      [['models', 'list', '--state', 'dead'], /Allowed choices are live, retired/],
      [['models', 'list', 'extra'], /too many arguments/],
      [['models', 'show'], /missing required argument 'name'/],
      [['models'], /expected a command/],
      [['fail', 'GATE', '--times', 'many'], /--times takes a number, not many/],
      [['models', 'list', '--limit', 'x'], /limit: expected number/],
      [['models', 'list', '--limit', '99'], /limit: Too big/],
    ];
    for (const [line, message] of lines) {
      const run = await runLine(line);
      assert.equal(run.code, 2, line.join(' '));
      assert.match(run.err, message);
      assert.equal(run.out, '');
      const json = await runLine([...line, '--json']);
      assert.equal(json.code, 2, line.join(' '));
      assert.match(json.json.error.message, message);
      assert.equal(json.err, '');
    }
  });

  it('takes a secret from a file or standard input, never from a flag', async () => {
    const run = await runLine(['secrets', 'set', 'x', '--password-file', '-', '--json'], {
      stdin: 'long enough\n',
    });
    assert.deepEqual(run.json.data, { length: 11 });
    assert.equal((await runLine(['secrets', 'set', 'x', '--password', 'long enough'])).code, 2);
    assert.equal((await runLine(['secrets', 'set', 'x', '--password-file', '/nowhere/at/all'])).code, 2);
  });

  it('shows examples first in help, lists commands, and exits 0', async () => {
    const help = await runLine(['models', 'show', '--help']);
    assert.equal(help.code, 0);
    assert.match(
      help.out,
      /^ {2}tend models show flight-delay\n\nUsage: tend models show \[options\] <name>/,
    );
    assert.match(help.out, /--expires-in <value>/);
    const all = await runLine([]);
    assert.equal(all.code, 0);
    for (const text of ['models', 'fail', 'api', 'Exit codes']) assert.match(all.out, new RegExp(text));
    assert.deepEqual(
      [(await runLine(['--version'])).out, (await runLine(['help', 'fail'])).code],
      ['1.2.3\n', 0],
    );
  });

  it('colours on a terminal, and never where NO_COLOR or --no-color says so', async () => {
    const escape = new RegExp(`${String.fromCharCode(27)}\\[\\d`);
    assert.match((await runLine(['models', 'list'], { tty: true })).out, escape);
    assert.doesNotMatch((await runLine(['models', 'list'])).out, escape);
    assert.match((await runLine(['models', 'list'], { environment: { FORCE_COLOR: '1' } })).out, escape);
    assert.match(
      (await runLine(['models', 'list', '--color'], { environment: { NO_COLOR: '1' } })).out,
      escape,
    );
    const quiet = { tty: true, environment: { NO_COLOR: '1', FORCE_COLOR: '1' } };
    assert.doesNotMatch((await runLine(['models', 'list'], quiet)).out, escape);
    assert.doesNotMatch((await runLine(['models', 'list', '--no-color'], { tty: true })).out, escape);
  });

  it('follows a stream line by line, and collects it for --json', async () => {
    assert.equal((await runLine(['follow'])).out, 'n  1\nn  2\n');
    assert.deepEqual((await runLine(['follow', '--json'])).json.data, [{ n: 1 }, { n: 2 }]);
  });

  it('exits 130 after an interrupt', async () => {
    const run = await runLine(['fail', 'UNAVAILABLE', '--json'], { signal: AbortSignal.abort() });
    assert.deepEqual([run.code, run.json.error.code], [130, 'INTERRUPTED']);
  });

  it('calls any path of the API', async () => {
    const run = await runLine(['api', 'get', '/api/tend/v1/models?limit=2&tags=a', '--json']);
    assert.deepEqual(JSON.parse(run.json.data.items[0].input), { limit: 2, tags: ['a'], deep: false });
    assert.equal((await runLine(['api', 'GET', '/models/nope'])).code, 4);
    assert.equal((await runLine(['api', 'GET', '/nothing'])).code, 4);
    assert.equal((await runLine(['api', 'FETCH', '/models'])).code, 2);
    assert.equal((await runLine(['api', 'POST', '/secrets', '--data', '{'])).code, 2);
  });
});
