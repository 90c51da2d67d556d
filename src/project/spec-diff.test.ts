import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tinyDocument } from './project-testbed.ts';
import { changedCriteria, changedParts } from './spec-diff.ts';

const ACCURATE = '{ id: accurate, metric: log_loss, at_most: baseline - 0.05, on: test }';

describe('changedParts()', () => {
  it('finds none where only the spelling differs', () => {
    const respelt = tinyDocument(['risk: { level: minimal,', 'risk: {   level: "minimal",']);
    assert.deepEqual(changedParts(tinyDocument(), respelt), []);
  });

  it('names a part that is new, gone or different', () => {
    const without = tinyDocument();
    const withPart = tinyDocument([
      'deployment:',
      'monitoring: { drift: { test: psi, alert_at: 0.2 } }\ndeployment:',
    ]);
    assert.deepEqual(changedParts(without, withPart), ['monitoring']);
    assert.deepEqual(changedParts(withPart, without), ['monitoring']);
    assert.deepEqual(changedParts(without, tinyDocument(['seed: 1', 'seed: 2'])), ['training']);
  });
});

describe('changedCriteria()', () => {
  it('finds none in an equal document', () => {
    assert.deepEqual(changedCriteria(tinyDocument(), tinyDocument()), new Map());
  });

  it('reaches where a criterion is judged, the problem that states it and the gate that asks for it', () => {
    const changed = changedCriteria(tinyDocument(), tinyDocument(['baseline - 0.05', 'baseline - 0.06']));
    assert.deepEqual(
      [...changed],
      [
        ['problem', ['accurate']],
        ['evaluation', ['accurate']],
        ['deployment', ['accurate']],
      ],
    );
    const slower = changedCriteria(tinyDocument(), tinyDocument(['at_most: 5s', 'at_most: 6s']));
    assert.deepEqual([...slower.keys()], ['problem', 'testing', 'deployment']);
  });

  it('reaches guards and monitors that refer to a live criterion', () => {
    const live = '{ id: answers, metric: error_rate, at_most: 1%, live: true }';
    const rollout = 'rollout: { canary: [5%], bake: 10 predictions, guard: [answers] }';
    const document = (bound: string) =>
      tinyDocument(
        [ACCURATE, `${ACCURATE}\n    - ${live.replace('1%', bound)}`],
        ['rollout: all-at-once', rollout],
        ['deployment:', 'monitoring: { watch: [answers] }\ndeployment:'],
      );
    const changed = changedCriteria(document('1%'), document('2%'));
    assert.deepEqual([...changed.keys()], ['problem', 'deployment', 'monitoring']);
  });

  it('reaches where a criterion was judged before as well as where it is now, new and gone ones too', () => {
    const before = tinyDocument();
    const live = tinyDocument(['baseline - 0.05, on: test', '0.5, live: true']);
    assert.deepEqual([...changedCriteria(before, live).keys()], ['problem', 'evaluation', 'deployment']);
    const gone = tinyDocument([`    - ${ACCURATE}\n`, '']);
    for (const [a, b] of [
      [before, gone],
      [gone, before],
    ] as const) {
      assert.deepEqual([...changedCriteria(a, b).keys()], ['problem', 'evaluation', 'deployment']);
    }
  });
});
