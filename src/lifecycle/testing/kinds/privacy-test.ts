import { decideFrame } from '../../../decide/release-frame.ts';
import { logLosses } from '../../../learn/metrics/log-loss.ts';
import { squaredErrors } from '../../../learn/metrics/squared-error.ts';
import { MEMBERSHIP_AUC_FAIL, membershipInference } from '../../../learn/privacy/membership-inference.ts';
import type { TestBench } from '../test-bench.ts';
import type { TestOutcome } from '../test-outcome.ts';

/** Can the loss of a row tell whether the model was trained on it? */
export async function privacyTest(bench: TestBench): Promise<TestOutcome> {
  const { split, scores, release, inputs } = bench;
  const losses = inputs.kind === 'classification' ? logLosses : squaredErrors;
  const trained = Float64Array.from(decideFrame(release, split.train.features));
  const report = membershipInference(losses(split.train.target, trained), losses(split.test.target, scores), {
    seed: inputs.seed,
  });
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
      advantage: report.advantage.estimate,
      true_positive_rate_at_1_percent: report.truePositiveRateAtOnePercent.estimate,
      train_test_gap: report.trainTestGap.estimate,
    },
  };
}
