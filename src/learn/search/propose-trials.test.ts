import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { checkTreeParams, defaultTreeParams } from '../trees/tree-params.ts';
import { proposeTrials } from './propose-trials.ts';

const INPUT = { trials: 40, rounds: 500, seed: 9, rows: 10_000, kind: 'classification' } as const;

test('the first trial is the defaults and one of the portfolio is linear', () => {
  const [first] = proposeTrials({ ...INPUT, trials: 1 });
  const defaults = { ...defaultTreeParams('binary'), rounds: 500, patience: 30 };
  assert.deepEqual(first, { index: 0, family: 'trees', params: defaults });
  const families = proposeTrials({ ...INPUT, trials: 6 }).map((trial) => trial.family);
  assert.equal(families.filter((family) => family === 'linear').length, 1);
});

test('a longer list starts with the shorter one, and a seed repeats its list', () => {
  const all = proposeTrials(INPUT);
  assert.deepEqual(proposeTrials({ ...INPUT, trials: 11 }), all.slice(0, 11));
  assert.deepEqual(proposeTrials(INPUT), all);
  assert.notDeepEqual(proposeTrials({ ...INPUT, seed: 10 }).slice(6), all.slice(6));
  assert.equal(new Set(all.map((trial) => JSON.stringify(trial.params))).size, 40);
});

test('every drawn configuration is in range', () => {
  for (const kind of ['classification', 'regression'] as const) {
    for (const trial of proposeTrials({ ...INPUT, trials: 300, kind })) {
      if (trial.family === 'trees') checkTreeParams(trial.params);
      assert.equal(trial.params.objective, kind === 'classification' ? 'binary' : 'regression');
    }
  }
});

test('with few rows leaves may hold few', () => {
  const trees = proposeTrials({ ...INPUT, rows: 150 }).filter((trial) => trial.family === 'trees');
  assert.ok(trees.length > 1);
  for (const { params } of trees) assert.ok(params.rowsPerLeafMin <= 3);
});

test('no trials are refused', () => {
  assert.throws(() => proposeTrials({ ...INPUT, trials: 0 }), /at least 1 trial/);
});
