// runs: alone
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { checkExpression } from '../../decide/expression/check-expression.ts';
import { rowReader } from '../../decide/expression/compile-row.ts';
import { type Expression, LITERAL_LENGTH_MAX } from '../../decide/expression/expression.ts';
import type { FunctionName } from '../../decide/expression/function-table.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import type { Criterion } from '../problem/index.ts';
import type { TrainingOutputs } from '../training/index.ts';
import { type CandidateBed, candidateBed, FAIR, LOOSE } from './testing-testbed.ts';

/** Requests of one caller after the other took 1 ms in the median on two cores: a tenth. */
const QUICK: Criterion = { id: 'quick', metric: 'latency_p50', at_most: '10ms' };

/** Two days of them in one request take the slow candidate two seconds; a serving process allows ten. */
const ORDERS_A_DAY = 36;

/** Slow for one caller, which at ten requests a second nobody else notices. */
const TOO_SLOW_MS = 25;

/** Quick enough for one caller, and three times too slow for a thousand requests a second. */
const TOO_SLOW_FOR_MANY_MS = 3;

describe('candidates that take too long, and are right otherwise', () => {
  let bed: CandidateBed;
  let sound: TrainingOutputs;
  const criteria = [FAIR, QUICK];
  // So few rows are remembered a little, by any model that learns from them.
  const held = { ...LOOSE, privacy: { membership_auc: { at_most: 0.75 } } };
  const few = { ...held, load: { rate: '10/s', for: '1s' } };
  const many = { ...held, load: { rate: '1000/s', for: '4s' } };

  before(async () => {
    bed = await candidateBed(ORDERS_A_DAY);
    sound = await bed.train();
  });
  after(() => bed[Symbol.asyncDispose]());

  test('the sound candidate is quick for one caller and for many', async () => {
    const { failed, titles } = await bed.refusals(sound, { criteria, testing: many });
    assert.deepEqual(failed, [], JSON.stringify(titles));
  });

  test('performance: each request takes longer than was declared', async () => {
    const slow = await bed.altered(sound, { manifest: (manifest) => slowed(manifest, TOO_SLOW_MS) });
    const { failed, titles } = await bed.refusals(slow, { criteria, testing: few });
    assert.deepEqual(failed, ['performance'], JSON.stringify(titles));
    assert.equal(titles.performance, 'performance: quick');
  });

  test('load: requests come faster than they can be answered', async () => {
    const slow = await bed.altered(sound, { manifest: (manifest) => slowed(manifest, TOO_SLOW_FOR_MANY_MS) });
    const { failed, titles } = await bed.refusals(slow, { criteria, testing: many });
    assert.deepEqual(failed, ['load'], JSON.stringify(titles));
    assert.match(titles.load ?? '', /errors at 1000\/s for 4s \(\d+ of 4000, at most 0\.1%\)/);
  });
});

/** The release with an input that takes that long to compute here, and comes to what it was. */
function slowed(manifest: ReleaseManifest, ms: number): ReleaseManifest {
  const expression = textOf(Math.ceil(ms / pieceMs(manifest)));
  const taken = new Set(manifest.inputs.map((input) => input.name));
  const first = manifest.features.find(({ name, type }) => type === 'number' && taken.has(name));
  const none = call('*', expression, { kind: 'literal', value: 0 });
  const features = manifest.features.map((feature) =>
    feature === first ? { ...feature, expression: call('+', feature.expression, none) } : feature,
  );
  return { ...manifest, features };
}

/** How long a piece takes: the median of some rounds after the compiler has done its work. */
function pieceMs({ fields }: ReleaseManifest): number {
  const pieces = 20;
  const read = rowReader(checkExpression(textOf(pieces), fields), fields);
  const row = fields.map((field) => (field.type === 'string' ? 'web' : 0));
  const rounds = Array.from({ length: 30 }, () => {
    const started = performance.now();
    read(row);
    return performance.now() - started;
  });
  const warm = rounds.slice(10).sort((a, b) => a - b);
  return (warm[warm.length / 2] ?? Number.NaN) / pieces;
}

/**
 * `length(lower(case when channel = '' then '' else channel || 'ÄÄÄ…' || … end))`: letters beyond ASCII take
 * their time. The made-up instance on which a release is warmed up has an empty channel.
 */
function textOf(pieces: number): Expression {
  const channel: Expression = { kind: 'field', name: 'channel' };
  const empty: Expression = { kind: 'literal', value: '' };
  const piece: Expression = { kind: 'literal', value: 'Ä'.repeat(LITERAL_LENGTH_MAX) };
  const long = call('||', channel, ...Array.from({ length: pieces }, () => piece));
  return call('length', call('lower', call('case', call('=', channel, empty), empty, long)));
}

function call(fn: FunctionName, ...args: Expression[]): Expression {
  return { kind: 'call', fn, args };
}
