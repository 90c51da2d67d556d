import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TendError } from '../../kernel/error.ts';
import { FAIRNESS_MEASURE_NAMES, findFairnessMeasure } from './fairness-measure.ts';
import { bootstrap } from '../bootstrap.ts';
import { fairnessReport } from './fairness-report.ts';
import { type GroupedDecisions, groupRates } from './group-rates.ts';

interface Table {
  readonly level: string | null;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Rows that have exactly these counts. */
function decisionsOf(tables: readonly Table[]): GroupedDecisions & { target: Float64Array } {
  const levels = tables.flatMap(({ level }) => (level === null ? [] : [level]));
  const codes: number[] = [];
  const selected: number[] = [];
  const target: number[] = [];
  for (const table of tables) {
    const code = table.level === null ? -1 : levels.indexOf(table.level);
    for (const [count, decision, truth] of [
      [table.truePositives, 1, 1],
      [table.falsePositives, 1, 0],
      [table.falseNegatives, 0, 1],
      [table.trueNegatives, 0, 0],
    ] as const) {
      for (let i = 0; i < count; i++) {
        codes.push(code);
        selected.push(decision);
        target.push(truth);
      }
    }
  }
  return {
    group: { kind: 'category', codes: Int32Array.from(codes), levels },
    selected: Uint8Array.from(selected),
    target: Float64Array.from(target),
  };
}

function measuresOf(decisions: GroupedDecisions, minRows?: number): Record<string, number> {
  const { measures } = fairnessReport(decisions, minRows);
  return Object.fromEntries(measures.map(({ name, interval }) => [name, interval.estimate]));
}

/**
 * Counts of a gradient boosting model on the UCI adult test rows by sex, with which scikit-learn gave: male
 * selection .26868, TPR .68690, FPR .08873; female .07856, .55769, .01583; demographic parity difference
 * .1901, ratio .292, equalized odds difference .1292.
 */
const ADULT: readonly Table[] = [
  { level: 'Male', truePositives: 1369, falsePositives: 411, falseNegatives: 624, trueNegatives: 4221 },
  { level: 'Female', truePositives: 203, falsePositives: 44, falseNegatives: 161, trueNegatives: 2736 },
];

test('rates and measures are those published for the adult data', () => {
  const { groups, measures } = fairnessReport(decisionsOf(ADULT));
  const rounded = groups.map((group) => [
    group.level,
    group.rows,
    Number(group.selectionRate.toFixed(5)),
    Number(group.truePositiveRate.toFixed(5)),
    Number(group.falsePositiveRate.toFixed(5)),
  ]);
  assert.deepEqual(rounded, [
    ['Male', 6625, 0.26868, 0.6869, 0.08873],
    ['Female', 3144, 0.07856, 0.55769, 0.01583],
  ]);
  assert.equal(groups[0]!.positivePredictiveValue, 1369 / 1780);
  const estimates = measures.map(({ name, interval }) => [name, Number(interval.estimate.toFixed(3))]);
  assert.deepEqual(estimates, [
    ['disparate_impact', 0.292],
    ['demographic_parity_difference', 0.19],
    ['equal_opportunity_difference', 0.129],
    ['equalized_odds_difference', 0.129],
  ]);
  const impact = measures[0]!.interval;
  // Log-normal interval of a ratio of shares: 0.2924 · exp(± 1.96 · √(1/247 - 1/3144 + 1/1780 - 1/6625)).
  assert.ok(Math.abs(impact.low - 0.257) < 0.012 && Math.abs(impact.high - 0.332) < 0.012, `${impact.low}`);
});

test('every interval is that of a large bootstrap of the rows', () => {
  const decisions = decisionsOf([
    ...ADULT,
    { level: 'Other', truePositives: 300, falsePositives: 80, falseNegatives: 200, trueNegatives: 1400 },
  ]);
  const ratesOf = groupRates(decisions);
  const statistics = FAIRNESS_MEASURE_NAMES.map((name) => {
    const { of } = findFairnessMeasure(name);
    return (weights?: Uint32Array) => of(ratesOf(weights));
  });
  const drawn = bootstrap(decisions.selected.length, statistics, { seed: 3, resamples: 1000 });
  for (const [i, { name, interval }] of fairnessReport(decisions).measures.entries()) {
    // Ends of 1,000 resamples are known to 9 % of the standard error; a ratio is skewed by some more.
    const slack = (0.3 * (interval.high - interval.low)) / 3.92;
    assert.equal(interval.estimate, drawn[i]!.estimate);
    assert.ok(Math.abs(interval.low - drawn[i]!.low) < slack, `${name} ${interval.low} ${drawn[i]!.low}`);
    assert.ok(Math.abs(interval.high - drawn[i]!.high) < slack, `${name} ${interval.high} ${drawn[i]!.high}`);
  }
});

test('the false positive spread decides equalized odds where it is the larger', () => {
  const measures = measuresOf(
    decisionsOf([
      { level: 'a', truePositives: 50, falsePositives: 10, falseNegatives: 50, trueNegatives: 90 },
      { level: 'b', truePositives: 60, falsePositives: 40, falseNegatives: 40, trueNegatives: 60 },
    ]),
  );
  assert.ok(Math.abs(measures['equal_opportunity_difference']! - 0.1) < 1e-12);
  assert.ok(Math.abs(measures['equalized_odds_difference']! - 0.3) < 1e-12);
});

test('small groups are shown and left out; missing is a group of its own', () => {
  const tables: Table[] = [
    { level: 'a', truePositives: 50, falsePositives: 0, falseNegatives: 50, trueNegatives: 0 },
    { level: 'tiny', truePositives: 0, falsePositives: 0, falseNegatives: 5, trueNegatives: 0 },
    { level: 'none', truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 },
    { level: null, truePositives: 20, falsePositives: 0, falseNegatives: 30, trueNegatives: 0 },
  ];
  const { groups } = fairnessReport(decisionsOf(tables));
  assert.deepEqual(
    groups.map(({ level, rows, judged }) => [level, rows, judged]),
    [
      ['a', 100, true],
      ['tiny', 5, false],
      [null, 50, true],
    ],
  );
  assert.equal(measuresOf(decisionsOf(tables))['disparate_impact'], 0.8);
  assert.equal(measuresOf(decisionsOf(tables), 1)['disparate_impact'], 0);
  // No row has target 0: the false positive rates, and with them equalized odds, are not defined.
  assert.ok(Number.isNaN(measuresOf(decisionsOf(tables))['equalized_odds_difference']));
});

test('without outcomes only the selection is judged; rows without one count towards it alone', () => {
  const known = decisionsOf(ADULT);
  const { group, selected } = known;
  assert.deepEqual(Object.keys(measuresOf({ group, selected })), [
    'disparate_impact',
    'demographic_parity_difference',
  ]);
  const target = known.target.map((truth, i) => (i % 2 === 0 ? truth : Number.NaN));
  const { groups } = fairnessReport({ group, selected, target });
  assert.equal(groups[0]!.selectionRate, 1780 / 6625);
  assert.ok(Math.abs(groups[0]!.truePositiveRate - 0.687) < 0.001);
});

test('no rows, one group and no selected row give NaN', () => {
  assert.ok(Number.isNaN(measuresOf(decisionsOf([]))['disparate_impact']));
  assert.ok(Number.isNaN(measuresOf(decisionsOf(ADULT.slice(0, 1)))['demographic_parity_difference']));
  const refused = ADULT.map(({ level }) => ({
    level,
    truePositives: 0,
    falsePositives: 0,
    falseNegatives: 40,
    trueNegatives: 40,
  }));
  const measures = measuresOf(decisionsOf(refused));
  assert.ok(Number.isNaN(measures['disparate_impact']));
  assert.equal(measures['demographic_parity_difference'], 0);
});

test('a measure is found by name, and an unknown one refused with the names there are', () => {
  for (const name of FAIRNESS_MEASURE_NAMES) assert.equal(findFairnessMeasure(name).name, name);
  assert.throws(
    () => findFairnessMeasure('parity'),
    (error) => error instanceof TendError && error.hint.includes('disparate_impact'),
  );
});
