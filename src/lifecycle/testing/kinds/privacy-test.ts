import { decideFrame } from '../../../decide/release-frame.ts';
import { logLosses } from '../../../learn/metrics/log-loss.ts';
import { squaredErrors } from '../../../learn/metrics/squared-error.ts';
import {
  MEMBERSHIP_AUC_FAIL,
  membershipInference,
  membershipRows,
} from '../../../learn/privacy/membership-inference.ts';
import { takeExamples } from '../../data/index.ts';
import type { TestBench } from '../test-bench.ts';
import type { TestOutcome } from '../test-outcome.ts';

/** Can the loss of a row tell whether the model was trained on it? */
export async function privacyTest(bench: TestBench): Promise<TestOutcome> {
  const { split, scores, release, inputs } = bench;
  const losses = inputs.kind === 'classification' ? logLosses : squaredErrors;
  const rows = membershipRows({ train: split.train.rows, heldOut: split.test.rows }, inputs.seed);
  // Only these are scored: the training rows of half a year take ten times as long as the attack.
  const train = takeExamples(split.train, rows.train);
  const trained = new Float64Array(decideFrame(release, train.features));
  const all = losses(split.test.target, scores);
  const heldOut = Float64Array.from(rows.heldOut, (row) => all[row] as number);
  const report = membershipInference(losses(train.target, trained), heldOut);
  const bound = inputs.testing.privacy?.membership_auc.at_most ?? MEMBERSHIP_AUC_FAIL;
  const { auc } = report;
  return {
    kind: 'privacy',
    cases: [
      {
        name: 'membership in the training rows cannot be inferred',
        passed: auc.estimate <= bound,
        detail: `AUC ${auc.estimate.toFixed(3)}, at most ${bound}`,
      },
    ],
    criteria: [],
    measured: {
      rows: { trained: report.trainRows, held_out: report.heldOutRows },
      auc: { value: auc.estimate, low: auc.low, high: auc.high },
      advantage: report.advantage,
      true_positive_rate_at_1_percent: report.truePositiveRateAtOnePercent,
      train_test_gap: report.trainTestGap,
    },
  };
}
