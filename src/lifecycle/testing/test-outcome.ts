import type { JudgedCriterion } from '../../kernel/figure.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { judgementsJson } from '../problem/index.ts';

/** The eight kinds of test, in the order in which they run. */
export const TEST_KINDS = [
  'unit',
  'integration',
  'coverage',
  'performance',
  'load',
  'privacy',
  'security',
  'bias',
] as const;
export type TestKind = (typeof TEST_KINDS)[number];

/** One thing that was tested, in words; `detail` says what was seen. */
export interface TestCase {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

/** How a kind of test came out. A kind without a case did not apply, and says why in `notes`. */
export interface TestOutcome {
  readonly kind: TestKind;
  readonly cases: readonly TestCase[];
  readonly criteria: readonly JudgedCriterion[];
  readonly measured: JsonObject;
  readonly notes?: string;
  readonly figures?: readonly Json[];
}

/** True when no case and no criterion failed. */
export function passed(outcome: TestOutcome): boolean {
  return (
    outcome.cases.every((one) => one.passed) && outcome.criteria.every((judged) => judged.verdict === 'pass')
  );
}

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const TEST_RESULT_TYPE = 'https://in-toto.io/attestation/test-result/v0.1';

/**
 * The outcome as an evidence body, with its in-toto test result (in-toto attestation framework, predicate
 * test-result v0.1): any supply-chain tool can read who was tested and how it came out.
 */
export function outcomeBody(
  outcome: TestOutcome,
  subject: {
    readonly model: string;
    readonly version: number;
    readonly modelBlob: string;
    readonly manifestBlob: string;
  },
): JsonObject {
  const names = (wanted: boolean): string[] => [
    ...outcome.cases.filter((one) => one.passed === wanted).map((one) => one.name),
    ...outcome.criteria.filter((judged) => (judged.verdict === 'pass') === wanted).map((judged) => judged.id),
  ];
  return {
    test: outcome.kind,
    cases: outcome.cases.map((one) => ({ ...one })),
    criteria: judgementsJson(outcome.criteria),
    measured: outcome.measured,
    ...(outcome.notes === undefined ? {} : { notes: outcome.notes }),
    ...(outcome.figures === undefined ? {} : { figures: outcome.figures }),
    statement: {
      _type: STATEMENT_TYPE,
      subject: [{ name: `${subject.model}@${subject.version}`, digest: { sha256: subject.modelBlob } }],
      predicateType: TEST_RESULT_TYPE,
      predicate: {
        result: passed(outcome) ? 'PASSED' : 'FAILED',
        configuration: [{ name: 'release manifest', digest: { sha256: subject.manifestBlob } }],
        passedTests: names(true),
        failedTests: names(false),
      },
    },
  };
}

/** The outcome in a line: what failed, or how much held. */
export function outcomeTitle(outcome: TestOutcome): string {
  const failed = outcome.cases.filter((one) => !one.passed);
  const criteria = outcome.criteria.filter((judged) => judged.verdict !== 'pass');
  if (failed.length + criteria.length > 0) {
    const cases = failed.map((one) => `${one.name} (${one.detail})`);
    return `${outcome.kind}: ${[...cases, ...criteria.map((judged) => judged.id)].join('; ')}`;
  }
  const count = outcome.cases.length + outcome.criteria.length;
  return count === 0
    ? `${outcome.kind}: ${outcome.notes ?? 'nothing to test'}`
    : `${outcome.kind}: ${count} of ${count} held`;
}
