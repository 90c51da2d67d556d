import { hashJson } from '../../kernel/hash.ts';
import { judgedBy } from '../problem/index.ts';
import { declaredFile } from '../data/index.ts';
import { evidencedStep, type KeyScope, type StageResult, type StageScope } from '../stage-scope.ts';
import { biasTest } from './kinds/bias-test.ts';
import { coverageTest } from './kinds/coverage-test.ts';
import { integrationTest } from './kinds/integration-test.ts';
import { loadTest } from './kinds/load-test.ts';
import { performanceTest } from './kinds/performance-test.ts';
import { privacyTest } from './kinds/privacy-test.ts';
import { securityTest } from './kinds/security-test.ts';
import { unitTest } from './kinds/unit-test.ts';
import { openTestBench, type TestBench, type TestingInputs } from './test-bench.ts';
import {
  outcomeBody,
  outcomeTitle,
  passed,
  TEST_KINDS,
  type TestKind,
  type TestOutcome,
} from './test-outcome.ts';

const TESTS: Readonly<Record<TestKind, (bench: TestBench) => Promise<TestOutcome>>> = {
  unit: unitTest,
  integration: integrationTest,
  coverage: coverageTest,
  performance: performanceTest,
  load: loadTest,
  privacy: privacyTest,
  security: securityTest,
  bias: biasTest,
};

/** What testing hands on: which kinds failed, and the criteria it judged. */
export type TestingOutputs = {
  readonly failed: readonly TestKind[];
  readonly criteria: readonly TestOutcome['criteria'][number][];
};

/** Hash of what the battery depends on. */
export function testingKey(scope: KeyScope, inputs: TestingInputs): string {
  const { kind, testing, slices, split, seed, training } = inputs;
  const cases = testing.unit?.cases === undefined ? null : declaredFile(scope, testing.unit.cases);
  return hashJson({
    stage: 'testing',
    kind,
    testing,
    slices,
    split,
    seed,
    cases,
    manifest: training.manifestBlob,
    bounds: training.bounds,
    criteria: inputs.criteria.filter((criterion) => judgedBy(criterion) === 'testing'),
    histories: inputs.data.histories.map(({ parts }) => parts.map((part) => part.blob)),
    version: scope.version,
  });
}

/**
 * Runs the eight kinds of test against the candidate in its own serving process. All run, whichever fails.
 */
export async function runTesting(
  scope: StageScope,
  inputs: TestingInputs,
): Promise<StageResult<TestingOutputs>> {
  const bench = lazyBench(scope, inputs);
  const failed: TestKind[] = [];
  const criteria: TestOutcome['criteria'][number][] = [];
  const evidence: string[] = [];
  const titles: string[] = [];
  try {
    for (const kind of TEST_KINDS) {
      scope.workflow.report({
        text: `testing: ${kind}`,
        share: TEST_KINDS.indexOf(kind) / TEST_KINDS.length,
      });
      const step = await evidencedStep<{ outcome: TestOutcome }>(scope, 'testing', kind, async () => {
        const outcome = await TESTS[kind](await bench.open());
        return {
          result: { outcome: withoutFigures(outcome) },
          evidence: [
            {
              kind: `test-${kind}`,
              subject: inputs.training.modelBlob,
              verdict: passed(outcome) ? ('pass' as const) : ('fail' as const),
              title: outcomeTitle(outcome),
              body: outcomeBody(outcome, inputs.training),
            },
          ],
        };
      });
      const { outcome } = step.result;
      evidence.push(...step.evidence);
      criteria.push(...outcome.criteria);
      if (!passed(outcome)) {
        failed.push(kind);
        titles.push(outcomeTitle(outcome));
      }
    }
  } finally {
    await bench.close();
  }
  return {
    verdict: failed.length === 0 ? 'pass' : 'fail',
    reason:
      failed.length === 0 ? 'all eight kinds of test passed in the real serving process' : titles.join('; '),
    evidence,
    outputs: { failed, criteria },
  };
}

/** Figures go into the evidence once, not into the memoised result as well. */
function withoutFigures(outcome: TestOutcome): TestOutcome {
  const { figures: _figures, ...rest } = outcome;
  return JSON.parse(JSON.stringify(rest)) as TestOutcome;
}

/** The bench opens with the first test that is not done yet, and not at all when all are. */
function lazyBench(scope: StageScope, inputs: TestingInputs) {
  let opened: ReturnType<typeof openTestBench> | undefined;
  return {
    open: (): Promise<TestBench> => {
      opened ??= openTestBench(scope, inputs);
      return opened;
    },
    close: async (): Promise<void> => {
      const bench = await opened?.catch(() => undefined);
      await bench?.[Symbol.asyncDispose]();
    },
  };
}
