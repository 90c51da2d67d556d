import { takeExamples } from '../../data/index.ts';
import { nativeScores } from '../../training/index.ts';
import { openCandidateClient } from '../candidate-client.ts';
import { instanceOf, spreadRows, type TestBench } from '../test-bench.ts';
import type { TestCase, TestOutcome } from '../test-outcome.ts';

/** Requests compared; each goes through fields, feature tables, model and back. */
const ROWS = 200;

/** The offline and the served path sum the same float32 numbers; JSON carries them exactly. */
const DIFFERENCE_MAX = 1e-6;

/**
 * The export rounds to float32 what was trained in float64; training registers nothing that differs by more.
 */
const ROUNDING_MAX = 1e-4;

/**
 * The whole release over HTTP: raw fields in, and the answer is the one that evaluation judged. It is also
 * the one of the model as it was trained: inputs that the manifest hands on in another order mislead both
 * alike.
 */
export async function integrationTest(bench: TestBench): Promise<TestOutcome> {
  const { split, manifest, scores, endpointUrl, scope } = bench;
  using client = openCandidateClient(4, scope.clock.monotonic);
  const rows = spreadRows(split.test, ROWS, bench.tablesFrom);
  const chosen = rows.length > 0 ? rows : spreadRows(split.test, ROWS);
  const instances = chosen.map((row) => instanceOf(manifest, split.test, row));
  const batch = await client.post(endpointUrl, JSON.stringify({ instances }));
  const answered =
    batch.status === 200 ? (JSON.parse(batch.body) as { predictions: number[] }).predictions : [];
  const single = await client.post(endpointUrl, JSON.stringify(instances[0]));
  const one =
    single.status === 200 ? (JSON.parse(single.body) as { prediction: number }).prediction : Number.NaN;
  const evaluated = chosen.map((row) => scores[row] as number);
  const judged = compare(answered, evaluated, DIFFERENCE_MAX);
  const asked = takeExamples(split.test, Int32Array.from(chosen));
  const own = nativeScores(bench.native, { inputs: [...bench.inputs.data.features.inputs] }, asked);
  const trained = compare(answered, own, ROUNDING_MAX);
  const cases: TestCase[] = [
    {
      name: 'a batch of raw requests is answered',
      passed: batch.status === 200 && answered.length === chosen.length,
      detail: `status ${batch.status}, ${answered.length} of ${chosen.length} predictions`,
    },
    {
      name: 'served answers equal the evaluated ones',
      passed: judged.different === 0,
      detail: judged.detail,
    },
    {
      name: 'served answers are those of the model as it was trained',
      passed: trained.different === 0,
      detail: trained.detail,
    },
    {
      name: 'a single request gets the answer that it gets in a batch',
      passed: one === answered[0],
      detail: `${one} alone, ${answered[0]} in a batch`,
    },
  ];
  return {
    kind: 'integration',
    cases,
    criteria: [],
    measured: { rows: chosen.length, largest_difference: judged.largest },
  };
}

/** Served answers beside the expected ones, row by row; the difference is relative above 1. */
function compare(
  answered: readonly number[],
  expected: ArrayLike<number>,
  allowed: number,
): { readonly different: number; readonly largest: number; readonly detail: string } {
  let largest = 0;
  let different = 0;
  for (let i = 0; i < expected.length; i++) {
    const own = expected[i] as number;
    const difference = Math.abs((answered[i] ?? Number.NaN) - own) / Math.max(1, Math.abs(own));
    if (!(difference <= allowed)) different += 1;
    if (difference > largest) largest = difference;
  }
  const detail = `${different} of ${expected.length} differ, by ${largest.toExponential(1)} at most`;
  return { different, largest, detail };
}
