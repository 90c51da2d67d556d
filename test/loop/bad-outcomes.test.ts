import assert from 'node:assert/strict';
import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { API_PREFIX } from '../../src/cli/invoker.ts';
import { runTend } from '../tend-process.ts';
import { type TinyProject, tinyProject } from '../tiny-project.ts';
import { at, type LoopBed, loopBed } from './loop-bed.ts';
import { loggedPredictions } from './logged-predictions.ts';
import { QUICK_LOOP, swappedHalves } from './swapped-halves.ts';

const PROJECT = 'flight-delay';
const ENDPOINT = 'flight-delay';
const CLOCK = `/projects/${PROJECT}/clock`;
const NOW = at(2, 1, 12);

/** A value that a recursion over it cannot take. */
const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);

/** What the state is made of, besides what measures the server itself. */
const TABLES = [
  'project_clock',
  'monitor_window',
  'incident',
  'action',
  'evidence',
  'log_part',
  'feature_history',
  'execution',
  'retraining',
  'outbox',
  'ledger',
];

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

describe('outcomes and moves of the clock over HTTP that are not what the server takes', () => {
  let bed: LoopBed;
  let wall: TinyProject;
  /** A prediction whose outcome is not known yet. */
  let open = '';

  before(async () => {
    bed = await loopBed(swappedHalves('2001-02-03'), QUICK_LOOP);
    await bed.deploy();
    await bed.replay('2001-02-01T12:00:00Z');
    wall = tinyProject('regression');
    // A server reads what sources name beside itself.
    cpSync(join(wall.dir, 'examples.csv'), join(bed.flights.project.dir, 'examples.csv'));
    const applied = await runTend(['apply', '--yes'], { cwd: wall.dir, env: { TEND_DIR: bed.stateDir } });
    assert.equal(applied.code, 0, applied.out + applied.err);
    const { items } = await bed.get(
      `/projects/${PROJECT}/predictions?from=${at(2, 1)}&to=${NOW}&limit=10000`,
    );
    open = items.find((item: { hasOutcome: boolean }) => !item.hasOutcome).id;
  });
  after(async () => {
    wall[Symbol.dispose]();
    await bed[Symbol.asyncDispose]();
  });

  const ask = async (
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await fetch(`${bed.flights.server().urls[0]}${API_PREFIX}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
    });
    const said = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: JSON.parse(said),
    };
  };

  /** Everything that is on disk of the loop: rows by table, and bytes of the logs. */
  const written = (): unknown => {
    const folders = ['outcomes', 'segments'].map((folder) => join(bed.stateDir, folder));
    const files = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, statSync(join(entry.parentPath, entry.name)).size]),
    );
    const counts = TABLES.map((table) => [table, bed.rows(`select count(*) as n from ${table}`)[0]?.['n']]);
    return { clock: bed.rows('select * from project_clock'), files, counts };
  };

  const assertProblem = (answer: Answer, what: string): void => {
    assert.ok(
      answer.status >= 400 && answer.status < 500,
      `${what}: ${answer.status} ${JSON.stringify(answer.body)}`,
    );
    assert.match(answer.type, /^application\/problem\+json/, what);
    assert.equal(answer.body.status, answer.status, what);
    assert.ok(typeof answer.body.detail === 'string' && answer.body.detail.length > 0, what);
  };

  it('a request that is malformed as a whole is refused as a whole', async () => {
    const known = written();
    const one = { prediction: open, value: 3 };
    const bodies: Record<string, unknown> = {
      'no JSON': '{',
      nothing: '',
      null: 'null',
      'a list': '[]',
      'a text': '"outcomes"',
      'no outcomes': {},
      'outcomes that are none': { outcomes: [] },
      'an object for a list': { outcomes: { 0: one } },
      'an outcome that is a text': { outcomes: ['late'] },
      'an outcome that is null': { outcomes: [null] },
      'neither prediction nor key': { outcomes: [{ value: 3 }] },
      'both of them': { outcomes: [{ ...one, key: 3 }] },
      'no value': { outcomes: [{ prediction: open }] },
      'a key that is true': { outcomes: [{ key: true, value: 3 }] },
      'a key that is an object': { outcomes: [{ key: { row: 1 }, value: 3 }] },
      'a key without end': { outcomes: [{ key: 'x'.repeat(1_001), value: 3 }], endpoint: ENDPOINT },
      'a prediction without end': { outcomes: [{ prediction: 'p'.repeat(65), value: 3 }] },
      'a moment that is an object': { outcomes: [{ ...one, at: {} }] },
      'a moment without end': { outcomes: [{ ...one, at: '2'.repeat(41) }] },
      'one bad outcome among good ones': { outcomes: [one, { value: 3 }, one] },
      '10,001 outcomes': { outcomes: Array.from({ length: 10_001 }, () => one), endpoint: ENDPOINT },
      'an endpoint that is none': { outcomes: [one], endpoint: 'nowhere' },
      'an endpoint that is a path': { outcomes: [one], endpoint: '../../flight-delay' },
      'an endpoint that is SQL': { outcomes: [one], endpoint: "'; drop table ledger; --" },
      'an endpoint that is a number': { outcomes: [one], endpoint: 7 },
      'keys that could be of either endpoint': { outcomes: [{ key: 1, value: 3 }] },
      'a depth of 20,000': `{"outcomes":[{"prediction":"${open}","value":${DEEP}}]}`,
      'bytes that are no UTF-8': Uint8Array.from([123, 34, 255, 254, 34, 58, 49, 125]),
    };
    for (const [what, body] of Object.entries(bodies)) assertProblem(await ask('/outcomes', body), what);
    assertProblem(
      await ask('/outcomes', 'outcomes=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      'a form',
    );
    assertProblem(
      await ask('/outcomes', { outcomes: [one] }, { authorization: 'Bearer tend_no' }),
      'no such token',
    );
    assert.deepEqual(written(), known);
  });

  it('an outcome that cannot be taken is told by its place, and nothing of it is kept', async () => {
    const known = written();
    const [settled] = (await loggedPredictions(bed.stateDir)).filter(({ id }) => id !== open);
    const values = [
      'late',
      '3',
      true,
      null,
      1.5,
      1e300,
      2 ** 53,
      {},
      { delay: 'late' },
      { delay: 3, x: 1 },
      [3],
      { __proto__: 3 },
    ];
    const keys = [
      -1,
      1e308,
      2 ** 60,
      0.5,
      '',
      'x',
      "' OR 1=1; --",
      '"',
      '\\',
      '%',
      '\u0000',
      'a\u0000b',
      '\ud800',
      '🛫',
      '__proto__',
    ];
    const sent = [
      ...values.map((value) => ({ prediction: open, value })),
      ...keys.map((key) => ({ key, value: 3 })),
      ...['', 'p', "'; drop table ledger; --", '\u0000', '../../etc/passwd', '__proto__'].map(
        (prediction) => ({ prediction, value: 3 }),
      ),
      ...['soon', '', '2001-02-30T00:00:00Z', 'NaN', 1e17].map((moment) => ({
        prediction: open,
        value: 3,
        at: moment,
      })),
      { prediction: settled?.id, value: -89 },
    ];
    const kept: unknown[] = [];
    for (const outcome of sent) {
      const answer = await ask('/outcomes', { outcomes: [outcome], endpoint: ENDPOINT });
      if (answer.status !== 200) assertProblem(answer, JSON.stringify(outcome));
      else if (answer.body.accepted !== 0 || answer.body.problems.length !== 1)
        kept.push([outcome, answer.body]);
    }
    assert.deepEqual(kept, []);
    const together = await ask('/outcomes', {
      outcomes: sent.slice(0, 40).filter(({ value }) => value !== undefined),
      endpoint: ENDPOINT,
    });
    if (together.status === 200) assert.equal(together.body.accepted, 0);
    else assertProblem(together, 'all together');
    assert.deepEqual(written(), known);
  });

  it('the clock goes neither back nor far ahead, nor where nobody may move it', async () => {
    const known = written();
    const moves: Record<string, readonly [path: string, body: unknown, status?: number]> = {
      back: [CLOCK, { to: NOW - 1 }, 409],
      'back to before there was time': [CLOCK, { to: -(2 ** 52) }, 409],
      'a year ahead': [CLOCK, { to: NOW + 366 * 86_400_000 }, 413],
      'as far as it goes': [CLOCK, { to: Number.MAX_SAFE_INTEGER }, 413],
      'on wall time': ['/projects/tiny/clock', { to: Date.now() + 60_000 }, 409],
      'of nothing': ['/projects/nobody/clock', { to: NOW }, 404],
      'of a path': ['/projects/..%2f..%2fetc/clock', { to: NOW }],
      'of a name without end': [`/projects/${'p'.repeat(5_000)}/clock`, { to: NOW }],
      'to a word': [CLOCK, { to: 'soon' }, 400],
      'to nothing': [CLOCK, {}, 400],
      'to an empty text': [CLOCK, { to: '' }, 400],
      'to half a millisecond': [CLOCK, { to: NOW + 0.5 }, 400],
      'to no number': [CLOCK, '{"to":1e400}', 400],
      'to a day that is not': [CLOCK, { to: '2001-02-30T00:00:00Z' }, 400],
      'to a list': [CLOCK, { to: [NOW + 3_600_000] }, 400],
    };
    for (const [what, [path, body, status]] of Object.entries(moves)) {
      const answer = await ask(path, body);
      assertProblem(answer, what);
      if (status !== undefined)
        assert.equal(answer.status, status, `${what}: ${JSON.stringify(answer.body)}`);
    }
    const move = ['api', 'POST', CLOCK, '--data', JSON.stringify({ to: NOW + 3_600_000 }), '--json'];
    // Who may approve and look may not move a clock.
    const approver = await bed.flights.tend(move, 'lead');
    assert.equal(approver.code, 5, approver.out + approver.err);
    assert.deepEqual(written(), known);
  });

  it('the server goes on: the next outcome is taken, and the clock moves', async () => {
    const taken = await ask('/outcomes', { outcomes: [{ prediction: open, value: 3 }], endpoint: ENDPOINT });
    assert.deepEqual([taken.status, taken.body.accepted], [200, 1]);
    const again = await ask('/outcomes', { outcomes: [{ prediction: open, value: 3 }], endpoint: ENDPOINT });
    assert.deepEqual([again.status, again.body.duplicate], [200, 1]);
    const moved = await ask(CLOCK, { to: NOW + 3_600_000 });
    assert.deepEqual([moved.status, moved.body.at], [200, NOW + 3_600_000]);
    assert.deepEqual(bed.flights.server().err(), '');
  });
});
