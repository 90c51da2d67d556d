import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TendError } from '../../kernel/error.ts';
import { seededRandom } from '../random.ts';
import { findMetric, METRIC_NAMES, METRICS } from './find-metric.ts';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

test('every metric is NaN for no rows and for a NaN in target or score', () => {
  for (const metric of METRICS) {
    assert.ok(Number.isNaN(metric.compute(of(), of())), metric.name);
    assert.ok(Number.isNaN(metric.compute(of(0, 1, Number.NaN), of(0.1, 0.9, 0.5))), metric.name);
    assert.ok(Number.isNaN(metric.compute(of(0, 1, 1), of(0.1, Number.NaN, 0.5))), metric.name);
  }
});

test('one row, a constant target and a constant score give the documented answers', () => {
  const answer = (name: string, target: Float64Array, score: Float64Array): number =>
    findMetric(name).compute(target, score);
  const expected: [string, Float64Array, Float64Array, number][] = [
    ['roc_auc', of(1), of(0.9), Number.NaN],
    ['roc_auc', of(1, 1, 1), of(0.1, 0.2, 0.3), Number.NaN],
    ['roc_auc', of(0, 1, 0, 1), of(0.5, 0.5, 0.5, 0.5), 0.5],
    ['average_precision', of(0), of(0.9), Number.NaN],
    ['average_precision', of(1), of(0.9), 1],
    ['average_precision', of(0, 1, 0, 1), of(0.5, 0.5, 0.5, 0.5), 0.5],
    ['log_loss', of(1), of(0.25), Math.log(4)],
    ['log_loss', of(1), of(0), 52 * Math.log(2)],
    ['brier', of(1), of(0.25), 0.5625],
    ['calibration_error', of(1), of(0.25), 0.75],
    ['calibration_error', of(0, 1, 0, 1), of(0.5, 0.5, 0.5, 0.5), 0],
    ['accuracy', of(1, 0), of(0.5, 0.5), 0.5],
    ['precision', of(1, 0), of(0.1, 0.2), Number.NaN],
    ['recall', of(0, 0), of(0.7, 0.2), Number.NaN],
    ['recall', of(1, 0), of(0.1, 0.2), 0],
    ['f1', of(1, 0), of(0.1, 0.2), 0],
    ['f1', of(0, 0), of(0.1, 0.2), Number.NaN],
    ['rmse', of(3), of(5), 2],
    ['mae', of(3), of(1), 2],
    ['r2', of(3), of(3), Number.NaN],
    ['r2', of(3, 3, 3), of(1, 2, 3), Number.NaN],
    ['r2', of(1, 2, 3), of(2, 2, 2), 0],
  ];
  for (const [name, target, score, value] of expected) {
    const actual = answer(name, target, score);
    const what = `${name} of ${target.join()} by ${score.join()}`;
    if (Number.isNaN(value)) assert.ok(Number.isNaN(actual), what);
    else assert.ok(Math.abs(actual - value) < 1e-12, `${what}: ${actual}, not ${value}`);
  }
});

test('weights count as that many copies of a row, for every metric', () => {
  const random = seededRandom(3);
  for (const metric of METRICS) {
    const target = Float64Array.from({ length: 60 }, () => Number(random.next() < 0.4));
    const score = Float64Array.from({ length: 60 }, () => Math.round(random.next() * 20) / 20);
    const weights = Uint32Array.from({ length: 60 }, () => random.below(4));
    const rows = Array.from(weights).flatMap((count, row) => Array.from({ length: count }, () => row));
    const copies = metric.compute(
      Float64Array.from(rows, (row) => target[row]!),
      Float64Array.from(rows, (row) => score[row]!),
    );
    const weighted = metric.prepare(target, score)(weights);
    assert.ok(Math.abs(weighted - copies) < 1e-12, `${metric.name}: ${weighted} and ${copies}`);
  }
});

test('the row order of the input does not matter', () => {
  const random = seededRandom(4);
  const target = Float64Array.from({ length: 99 }, () => Number(random.next() < 0.4));
  const score = Float64Array.from({ length: 99 }, () => Math.round(random.next() * 20) / 20);
  for (const metric of METRICS) {
    const backwards = metric.compute(target.slice().reverse(), score.slice().reverse());
    assert.ok(Math.abs(metric.compute(target, score) - backwards) < 1e-12, metric.name);
  }
});

test('an unknown name is refused with the names there are', () => {
  assert.throws(
    () => findMetric('auc'),
    (error) => error instanceof TendError && METRIC_NAMES.every((name) => error.hint.includes(name)),
  );
});
