import { parse } from 'yaml';
import { z } from 'zod';
import { TendError } from '../../../kernel/error.ts';
import { declaredFile } from '../../data/index.ts';
import { type CandidateClient, openCandidateClient } from '../candidate-client.ts';
import { instanceOf, type RawInstance, spreadRows, type TestBench } from '../test-bench.ts';
import type { TestCase, TestOutcome } from '../test-outcome.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const request = z.record(z.string(), scalar);

/** A declared case: an answer within bounds, or a change of fields and the way the answer must move. */
const unitCase = z.union([
  z.strictObject({
    name: z.string().min(1),
    request,
    expect: z
      .strictObject({ at_least: z.number().exactOptional(), at_most: z.number().exactOptional() })
      .refine(
        (bound) => bound.at_least !== undefined || bound.at_most !== undefined,
        'expected at_least or at_most',
      ),
  }),
  z.strictObject({
    name: z.string().min(1),
    request,
    change: request,
    expect: z.enum(['higher', 'lower', 'same']),
  }),
]);
const unitCases = z.array(unitCase).min(1);
type UnitCase = z.output<typeof unitCase>;

/** Rows on which the built-in invariances are tried. */
const ROWS = 50;

/**
 * Known answers from the project's own file, and what must hold of any model: the answer depends on the row
 * alone.
 */
export async function unitTest(bench: TestBench): Promise<TestOutcome> {
  using client = openCandidateClient(2, bench.scope.clock.monotonic);
  const path = bench.inputs.testing.unit?.cases;
  const declared = path === undefined ? [] : readCases(declaredFile(bench.scope, path), path);
  const cases: TestCase[] = [];
  for (const one of declared) cases.push(await declaredCase(bench, client, one));
  cases.push(...(await invariances(bench, client)));
  return { kind: 'unit', cases, criteria: [], measured: { declared: declared.length } };
}

/** Reads a file of cases. @throws SPEC_INVALID naming the file and every mistake. */
export function readCases(text: string, path: string): readonly UnitCase[] {
  const parsed = unitCases.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new TendError('SPEC_INVALID', `${path}: ${z.prettifyError(parsed.error)}`, {
    hint:
      'A list of { name, request, expect: { at_least, at_most } } ' +
      'or { name, request, change, expect: higher }.',
  });
}

async function ask(
  bench: TestBench,
  client: CandidateClient,
  instances: readonly RawInstance[],
): Promise<number[]> {
  const answer = await client.post(bench.endpointUrl, JSON.stringify({ instances }));
  if (answer.status !== 200) return instances.map(() => Number.NaN);
  return (JSON.parse(answer.body) as { predictions: number[] }).predictions;
}

async function declaredCase(bench: TestBench, client: CandidateClient, one: UnitCase): Promise<TestCase> {
  if ('change' in one) {
    const [before = Number.NaN, after = Number.NaN] = await ask(bench, client, [
      one.request,
      { ...one.request, ...one.change },
    ]);
    const held =
      one.expect === 'higher' ? after > before : one.expect === 'lower' ? after < before : after === before;
    return {
      name: one.name,
      passed: held,
      detail: `${shown(before)} before the change, ${shown(after)} after`,
    };
  }
  const [value = Number.NaN] = await ask(bench, client, [one.request]);
  const { at_least: low, at_most: high } = one.expect;
  const held = value >= (low ?? Number.NEGATIVE_INFINITY) && value <= (high ?? Number.POSITIVE_INFINITY);
  const bounds = [low === undefined ? '' : `at least ${low}`, high === undefined ? '' : `at most ${high}`];
  return {
    name: one.name,
    passed: held,
    detail: `${shown(value)}, expected ${bounds.filter(Boolean).join(', ')}`,
  };
}

function shown(value: number): string {
  return Number.isNaN(value) ? 'no answer' : String(Number(value.toPrecision(5)));
}

async function invariances(bench: TestBench, client: CandidateClient): Promise<TestCase[]> {
  const rows = spreadRows(bench.split.test, ROWS);
  const instances = rows.map((row) => instanceOf(bench.manifest, bench.split.test, row));
  const first = await ask(bench, client, instances);
  const again = await ask(bench, client, instances);
  const reversed = (await ask(bench, client, instances.toReversed())).toReversed();
  const reordered = await ask(
    bench,
    client,
    instances.map((instance) => Object.fromEntries(Object.entries(instance).toReversed())),
  );
  const finite = first.filter((value) => Number.isFinite(value)).length;
  const inRange = bench.inputs.kind === 'regression' || first.every((value) => value >= 0 && value <= 1);
  const same = (other: readonly number[]): number =>
    first.filter((value, i) => !Object.is(value, other[i])).length;
  const differing = (count: number): string => `${count} of ${first.length} differ`;
  return [
    {
      name: 'every answer is a finite number in its range',
      passed: finite === first.length && inRange,
      detail: `${finite} of ${first.length} finite`,
    },
    {
      name: 'the same request gets the same answer',
      passed: same(again) === 0,
      detail: differing(same(again)),
    },
    {
      name: 'the order of a batch plays no part',
      passed: same(reversed) === 0,
      detail: differing(same(reversed)),
    },
    {
      name: 'the order of fields plays no part',
      passed: same(reordered) === 0,
      detail: differing(same(reordered)),
    },
  ];
}
