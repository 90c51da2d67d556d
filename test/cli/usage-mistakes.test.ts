import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TendOptions, TendRun } from '../tend-process.ts';
import { emptyProject, type TinyProject } from '../tiny-project.ts';

/** What was typed or set, the exit code, and the one message. */
type Case = readonly [args: readonly string[], code: number, message: RegExp, env?: TendOptions['env']];

const UNKNOWN: readonly Case[] = [
  [['stauts'], 2, /^error: unknown command 'stauts': Did you mean status\?\nfix: See `tend --help`\.\n$/],
  [
    ['plan', '--detialed'],
    2,
    /^error: unknown option '--detialed': Did you mean --detailed\?\nfix: See `tend plan --help`\.\n$/,
  ],
  [['models'], 2, /^error: expected a command\nfix: See `tend models --help`\.\n$/],
  [['up', '--port', '70000'], 2, /^error: --port: expected a port from 0 to 65535, came 70000\nfix: /],
  [['status', '--dir', 'file'], 2, /^error: expected a folder for the state, \S+\/file is a file\nfix: /],
];

const NOWHERE = 'http://127.0.0.1:9';
const ENVIRONMENT: readonly Case[] = [
  [['up'], 2, /^error: TEND_PORT: expected a port from 0 to 65535, came abc\nfix: /, { TEND_PORT: 'abc' }],
  [
    ['status'],
    1,
    /^error: the server at http:\/\/127\.0\.0\.1:9 does not answer .*\nfix: Check TEND_URL/,
    { TEND_URL: NOWHERE },
  ],
  [
    ['status'],
    2,
    /^error: TEND_URL: expected an address such as .*, came ftp:\/\/x\n/,
    { TEND_URL: 'ftp://x' },
  ],
  [['status'], 2, /^error: TEND_TOKEN: expected a token/, { TEND_TOKEN: 'a\nb', TEND_URL: NOWHERE }],
  [['status'], 5, /^error: the token is unknown, expired or revoked\nfix: /, { TEND_TOKEN: 'garbage' }],
];

const FILES: readonly Case[] = [
  [['api', 'POST', '/projects/validate', '--data', '{'], 2, /^error: --data is not valid JSON\n/],
  [['accounts', 'create', 'ada', '--password-file', 'gone'], 2, /^error: cannot read gone\n/],
];

describe('a mistake on the command line or in the environment', () => {
  let folder: TinyProject;
  before(() => {
    folder = emptyProject();
    folder.write('file', 'text');
  });
  after(() => folder[Symbol.dispose]());

  const holds = async (cases: readonly Case[]): Promise<void> => {
    for (const [args, code, message, env] of cases) {
      const run = await folder.tend(args, env === undefined ? {} : { env });
      assert.equal(run.code, code, `${args.join(' ')}: ${run.err}`);
      assert.match(run.err, message);
      assertOneMessage(run);
    }
  };

  it('is named with what may be meant', () => holds(UNKNOWN));
  it('is named by its variable', () => holds(ENVIRONMENT));
  it('is named by its file', () => holds(FILES));

  it('comes as one JSON document with --json, wherever that stands', async () => {
    for (const args of [
      ['--json', 'stauts'],
      ['serve', '--json'],
    ]) {
      const run = await folder.tend(args);
      assert.equal(run.code, 2);
      assert.equal(run.error().code, 'USAGE');
      assert.equal(run.err, '');
    }
  });

  it('does no harm: the corrected command works', async () => {
    assert.equal((await folder.tend(['status'])).code, 0);
  });
});

/** An `error:` line, a `fix:` line, nothing on standard output, and no stack trace. */
function assertOneMessage({ out, err }: TendRun): void {
  assert.equal(out, '');
  assert.equal(err.match(/^error: /gm)?.length, 1, err);
  assert.equal(err.match(/^fix: \S/gm)?.length, 1, err);
  assert.doesNotMatch(err, /^ {4}at |defect in Tend/m);
}
