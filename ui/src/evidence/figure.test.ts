import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { z } from 'zod';
import { figureSchema, judgedCriterionSchema } from '../../../src/kernel/figure.ts';
import { figureChart } from '../chart/figure-chart.ts';
import { svgText } from '../chart/svg-element.ts';
import { asCriterion } from './criterion.ts';
import { MARK_KINDS, asFigure, isFigure } from './figure.ts';
import type { Figure } from './figure.ts';
import type { Json } from './json.ts';

const name = fc.string({ minLength: 1, maxLength: 12 });
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const nullable = fc.option(number, { nil: null });
const axis = fc.record(
  { label: name, unit: name, scale: fc.constantFrom('number', 'share', 'time') },
  { requiredKeys: ['label'] },
);
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 4 });
const thresholds = fc.array(fc.record({ value: number, label: name }), { maxLength: 3 });
const marks = fc.array(fc.record({ at: number, kind: fc.constantFrom(...MARK_KINDS), label: name }), {
  maxLength: 4,
});
const MAY_LACK = new Set(['caption', 'thresholds', 'marks']);

function figure(
  kind: string,
  series: fc.Arbitrary<unknown>,
  more: Record<string, fc.Arbitrary<unknown>> = {},
) {
  const fields = { kind: fc.constant(kind), title: name, caption: name, series: list(series), ...more };
  const requiredKeys = Object.keys(fields).filter((field) => !MAY_LACK.has(field));
  return fc.record<Record<string, unknown>>(fields, { requiredKeys });
}

const axes = { x: axis, y: axis };
const figures = fc.oneof(
  figure(
    'line',
    fc.record(
      { name, points: list(fc.tuple(number, nullable)), band: list(fc.tuple(number, number, number)) },
      { requiredKeys: ['name', 'points'] },
    ),
    { ...axes, thresholds, marks },
  ),
  figure(
    'bars',
    fc.record(
      { name, values: list(nullable), low: list(nullable), high: list(nullable) },
      { requiredKeys: ['name', 'values'] },
    ),
    { ...axes, thresholds, categories: list(name) },
  ),
  figure('histogram', fc.record({ name, counts: list(fc.nat()) }), {
    ...axes,
    edges: fc.array(number, { minLength: 2, maxLength: 5 }),
  }),
  figure(
    'roc',
    fc.record(
      { name, points: list(fc.tuple(share, share)), area: share },
      { requiredKeys: ['name', 'points'] },
    ),
  ),
  figure(
    'reliability',
    fc.record({
      name,
      bins: list(
        fc.record(
          { predicted: share, observed: share, count: fc.nat(), low: share, high: share },
          { requiredKeys: ['predicted', 'observed', 'count'] },
        ),
      ),
    }),
  ),
);

/** What a value is after it has gone over the wire. */
const wired = (value: unknown): Json => JSON.parse(JSON.stringify(value));

test('whatever the server may write, the board draws, and without a number that is not finite', () => {
  fc.assert(
    fc.property(figures, fc.constantFrom(300, 520), (drafted, width) => {
      const value = wired(drafted);
      assert.ok(figureSchema.safeParse(value).success, JSON.stringify(value));
      const known = asFigure(value);
      assert.ok(known !== undefined);
      assert.doesNotMatch(svgText(figureChart(known, width)), /="[^"]*(?:NaN|Infinity)[^"]*"/);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a figure that lacks a field which the schema demands is not drawn', () => {
  fc.assert(
    fc.property(figures, fc.nat(), (drafted, pick) => {
      const fields = Object.keys(drafted).filter((field) => !MAY_LACK.has(field));
      const missing = fields[pick % fields.length] ?? 'kind';
      const value = wired({ ...drafted, [missing]: undefined });
      assert.equal(figureSchema.safeParse(value).success, false);
      assert.equal(isFigure(value), false, `without ${missing}`);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('the type written out here is the type of the schema', () => {
  // Checked by the compiler: neither assignment holds if the two drift apart.
  const fromSchema = (value: z.infer<typeof figureSchema>): Figure => value;
  const toSchema = (value: Figure): unknown => value satisfies FrozenFigure;
  assert.equal(typeof fromSchema, typeof toSchema);
});

type Frozen<T> = T extends readonly (infer Item)[]
  ? number extends T['length']
    ? readonly Frozen<Item>[]
    : { readonly [K in keyof T]: Frozen<T[K]> }
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
type FrozenFigure = Frozen<z.infer<typeof figureSchema>>;

test('a criterion of the schema is read with its bound', () => {
  const value = {
    id: 'fair',
    metric: 'di',
    value: 0.5,
    low: null,
    high: null,
    bound: { at_least: 0.6 },
    verdict: 'fail',
  };
  assert.ok(judgedCriterionSchema.safeParse(value).success);
  assert.deepEqual([asCriterion(value)?.atLeast, asCriterion(value)?.verdict], [0.6, 'fail']);
});
