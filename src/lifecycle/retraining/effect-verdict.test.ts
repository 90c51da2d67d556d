import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verdictOf } from './compare-candidates.ts';
import { effectDecision, LOOKS_MAX } from './effect-verdict.ts';

const higher = { direction: 'higher' } as const;
const lower = { direction: 'lower' } as const;
const first = { number: 1, superseded: false };
const last = { number: LOOKS_MAX, superseded: false };
const certain = { estimate: 0.02, low: 0.01, high: 0.03 };
const uncertain = { estimate: 0.01, low: -0.01, high: 0.03 };

describe('a difference', () => {
  it('is better or worse only where its interval excludes zero, by the direction of its metric', () => {
    assert.equal(verdictOf(higher, certain), 'better');
    assert.equal(verdictOf(lower, certain), 'worse');
    assert.equal(verdictOf(higher, uncertain), 'open');
    assert.equal(verdictOf(higher, { low: Number.NaN, high: Number.NaN }), 'open');
    assert.equal(verdictOf(higher, { low: 0, high: 1 }), 'open');
  });
});

describe('the effect of a promotion', () => {
  it('is kept where it helped and taken back where it harmed, at any look', () => {
    assert.deepEqual(effectDecision(higher, certain, first), { verdict: 'helped', decision: 'keep' });
    assert.deepEqual(effectDecision(lower, certain, last), { verdict: 'harmed', decision: 'roll-back' });
  });

  it('is looked at again while nothing is certain, and after the last look the estimate decides', () => {
    assert.equal(effectDecision(higher, uncertain, first).decision, 'again');
    assert.equal(effectDecision(higher, uncertain, { ...last, number: LOOKS_MAX - 1 }).decision, 'again');
    assert.equal(effectDecision(higher, uncertain, last).decision, 'keep');
    assert.equal(effectDecision(lower, uncertain, last).decision, 'roll-back');
    const unknown = { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
    assert.equal(effectDecision(higher, unknown, last).decision, 'roll-back');
  });

  it('is no question any more once a later version took over', () => {
    const asked = { number: 1, superseded: true };
    assert.deepEqual(effectDecision(higher, uncertain, asked), { verdict: 'superseded', decision: 'keep' });
  });
});
