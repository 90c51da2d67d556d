import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgedCriterion } from '../../kernel/figure.ts';
import { decideGate, type GateInput } from './gate.ts';

const PASSED: readonly GateInput[] = (['data', 'training', 'evaluation', 'testing'] as const).map((stage) => {
  return { stage, verdict: 'pass', reason: 'as declared' };
});

function judged(id: string, verdict: 'pass' | 'fail', value: number | null = 0.6): JudgedCriterion {
  return { id, metric: 'roc_auc', value, bound: { at_least: 0.66 }, verdict };
}

test('the gate is open when every stage passed and every criterion held', () => {
  const decision = decideGate(PASSED, [judged('ranks-well', 'pass', 0.7)]);
  assert.deepEqual([decision.open, decision.reason], [true, '1 criteria held']);
});

test('a criterion that did not hold closes it and is named with what was measured', () => {
  const decision = decideGate(PASSED, [judged('ranks-well', 'fail'), judged('other', 'pass')]);
  assert.equal(decision.open, false);
  assert.equal(decision.reason, 'ranks-well: roc_auc 0.6, at least 0.66');
});

test('a criterion that was not measured closes it', () => {
  const decision = decideGate(PASSED, [judged('ranks-well', 'fail', null)]);
  assert.equal(decision.open, false);
  assert.match(decision.reason, /not measured/);
});

test('a stage that did not pass closes it whatever the criteria say', () => {
  for (const verdict of ['fail', 'skipped', 'waiting', 'running', 'stale', 'none']) {
    const stages = PASSED.map((one) => (one.stage === 'testing' ? { ...one, verdict, reason: 'load' } : one));
    const decision = decideGate(stages, [judged('ranks-well', 'pass', 0.7)]);
    assert.deepEqual([decision.open, decision.reason], [false, `testing is ${verdict}: load`]);
  }
});
