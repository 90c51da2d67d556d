import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { TendError } from '../../kernel/error.ts';
import type { LabelledRows } from '../labelled-rows.ts';
import { hashInteger, seededRandom } from '../random.ts';
import { proposeTrials } from '../search/propose-trials.ts';
import { trainTrees } from '../trees/train-trees.ts';
import type { FitProgress } from './fit-result.ts';
import { fitTrials } from './fit-pool.ts';

function noisyRows(rows: number, seed: number): LabelledRows {
  const random = seededRandom(seed);
  const columns = Array.from({ length: 6 }, () =>
    Float32Array.from({ length: rows }, () => (random.next() < 0.05 ? Number.NaN : random.next())),
  );
  const at = (column: number, row: number): number => columns[column]?.[row] || 0;
  const target = Float64Array.from({ length: rows }, (_, i) =>
    at(0, i) + at(1, i) * at(2, i) + 0.5 * random.next() > 0.9 ? 1 : 0,
  );
  return { matrix: { rows, names: columns.map((_, i) => `x${i}`), columns }, target };
}

const train = noisyRows(1_200, 1);
const validation = noisyRows(500, 2);
const trials = proposeTrials({ trials: 8, rounds: 40, seed: 3, rows: 1_200, kind: 'classification' });

test('one worker and two give the same results, in the order of the trials', async () => {
  const one = await fitTrials({ train, validation, trials, seed: 3, workers: 1 });
  const two = await fitTrials({ train, validation, trials, seed: 3, workers: 2 });
  assert.deepEqual(two, one);
  assert.deepEqual(
    one.map((result) => result.trial.index),
    trials.map((trial) => trial.index),
  );
  for (const result of one) {
    assert.equal(result.validationMargins.length, 500);
    const told = result.history[result.bestIteration - 1]?.validation;
    assert.equal(told, result.validationLoss);
  }
});

test('a worker trains what trainTrees trains', async () => {
  const [trial] = trials;
  assert.ok(trial?.family === 'trees');
  const [result] = await fitTrials({ train, validation, trials: [trial], seed: 3, workers: 2 });
  const alone = trainTrees({ ...train, validation, params: trial.params, seed: hashInteger(0, 3) });
  assert.deepEqual(result?.model, alone.model);
  assert.deepEqual(result?.history, alone.history);
});

test('progress tells every round of every tree trial', async () => {
  const seen: FitProgress[] = [];
  const few = trials.slice(0, 2);
  const results = await fitTrials({
    train,
    trials: few,
    seed: 0,
    workers: 2,
    onProgress: (p) => seen.push(p),
  });
  for (const result of results) {
    const told = seen.filter((progress) => progress.trial === result.trial.index);
    assert.deepEqual(
      told.map(({ trial: _trial, rounds: _rounds, ...iteration }) => iteration),
      result.history,
    );
    assert.equal(result.validationLoss, null);
  }
});

test('an abort stops the threads in the middle of a trial', async () => {
  const [first] = proposeTrials({ trials: 1, rounds: 100_000, seed: 0, rows: 1_200, kind: 'classification' });
  assert.ok(first !== undefined);
  const abort = new AbortController();
  const fit = fitTrials({
    train,
    trials: [first],
    seed: 0,
    workers: 1,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  });
  await assert.rejects(fit, (error) => error instanceof TendError && error.code === 'INTERRUPTED');
});

test('an aborted signal starts nothing', async () => {
  const fit = fitTrials({ train, trials, seed: 0, workers: 1, signal: AbortSignal.abort() });
  await assert.rejects(fit, (error) => error instanceof TendError && error.code === 'INTERRUPTED');
});

test('what fails in a thread is thrown as it was there', async () => {
  const columns = train.matrix.columns.map((column) => column.with(0, Number.POSITIVE_INFINITY));
  const linear = trials.filter((trial) => trial.family === 'linear');
  const fit = fitTrials({
    train: { ...train, matrix: { ...train.matrix, columns } },
    trials: linear,
    seed: 0,
    workers: 1,
  });
  await assert.rejects(fit, (error) => error instanceof TendError && error.code === 'INVALID_INPUT');
});

test('trials of two objectives are refused', async () => {
  const [other] = proposeTrials({ trials: 1, rounds: 5, seed: 0, rows: 1_200, kind: 'regression' });
  assert.ok(other !== undefined);
  await assert.rejects(
    fitTrials({ train, trials: [...trials, other], seed: 0, workers: 1 }),
    /one objective/,
  );
});
