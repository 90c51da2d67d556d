import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Column, Frame } from '../kernel/column.ts';
import { TendError } from '../kernel/error.ts';
import type { TreeModel } from '../learn/trees/tree-model.ts';
import type { Expression, FunctionName } from './expression/expression.ts';
import { exportTrees } from './onnx/export-trees.ts';
import { type ReleaseManifest, releaseManifestSchema } from './release.ts';
import { compileRelease, type ReleaseDecider, type TableLookup } from './release-decider.ts';
import { decideFrame, releaseFrame } from './release-frame.ts';

const field = (name: string): Expression => ({ kind: 'field', name });
const call = (fn: FunctionName, ...args: Expression[]): Expression => ({ kind: 'call', fn, args });

const MANIFEST: ReleaseManifest = {
  format: 'tend.release/v1',
  id: 'rel_1',
  project: 'flights',
  model: 'delay',
  version: 3,
  kind: 'classification',
  target: 'late',
  modelBlob: 'a'.repeat(64),
  fields: [
    { name: 'dep', type: 'time', nullable: false },
    { name: 'origin', type: 'string', nullable: false },
    { name: 'distance', type: 'number', nullable: true },
    { name: 'holiday', type: 'boolean', nullable: true },
  ],
  features: [
    { name: 'at', type: 'time', expression: field('dep') },
    { name: 'hour', type: 'number', expression: call('hour', field('dep')) },
    { name: 'airport', type: 'string', expression: call('upper', field('origin')) },
    { name: 'km', type: 'number', expression: call('*', field('distance'), { kind: 'literal', value: 1.5 }) },
    { name: 'off', type: 'boolean', expression: field('holiday') },
  ],
  eventTime: 'at',
  tables: [{ name: 'traffic', key: ['airport', 'hour'], columns: ['flights', 'late'], refreshMs: 60_000 }],
  inputs: [
    { name: 'hour', type: 'number' },
    { name: 'airport', type: 'string' },
    { name: 'traffic.late', type: 'number' },
    { name: 'km', type: 'number' },
    { name: 'off', type: 'number' },
  ],
  codeCommit: null,
  specHash: 'b'.repeat(64),
  key: null,
};

/** A stump for each input, so that each of them moves the score. */
const MODEL: TreeModel = {
  kind: 'trees',
  objective: 'binary',
  base: 0.25,
  features: MANIFEST.inputs.map(({ name }) => name),
  trees: [10.5, 0.4, 0.25, 700, 0.5].map((threshold, feature) => ({
    feature: Int32Array.of(feature, -1, -1),
    threshold: Float32Array.of(threshold, 0, 0),
    missingLeft: Uint8Array.of(feature % 2, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    value: Float64Array.of(0, 2 ** -feature, -(3 ** -feature)),
    cover: new Float64Array(3),
  })),
};
const BYTES = exportTrees(MODEL, {
  inputs: MANIFEST.inputs,
  encodings: {
    airport: { prior: 0.3, levels: ['JFK', 'LGA'], values: Float64Array.of(0.5, 0.1), missing: 0.9 },
  },
});

const lookup: TableLookup = (table, [airport, hour], at) => {
  assert.equal(table, 'traffic');
  return airport === 'JFK' ? Float64Array.of(Number(hour), at === Date.UTC(2020, 0, 1, 9) ? 0.2 : 0.8) : null;
};
const compile = (manifest = MANIFEST): ReleaseDecider =>
  compileRelease({ manifest, modelBytes: BYTES, lookup });

const GOOD = { dep: '2020-01-01T10:30:00+01:30', origin: 'jfk', distance: 400, holiday: true };

const sigmoid = (margin: number): number => 1 / (1 + Math.exp(-margin));

function mistakesOf(instance: unknown, path?: string): Record<string, string> {
  try {
    compile().prepare(instance, 0, path);
  } catch (error) {
    assert.ok(error instanceof TendError && error.code === 'INVALID_INPUT');
    return Object.fromEntries(error.fields.map((mistake) => [mistake.path, mistake.message]));
  }
  return assert.fail('it was accepted');
}

describe('compileRelease', () => {
  it('computes features, looks up tables at the event time, and scores', () => {
    const release = compile();
    const prepared = release.prepare(GOOD, 5);
    assert.equal(prepared.eventTimeMs, Date.UTC(2020, 0, 1, 9));
    assert.deepEqual(prepared.inputs, [9, 'JFK', 0.2, 600, 1]);
    // hour left, airport 0.5 right, late 0.2 left, km left, off right
    const margin = 0.25 + 1 - 1 / 3 + 1 / 4 + 1 / 8 - 1 / 81;
    assert.ok(Math.abs((release.decide([prepared])[0] ?? Number.NaN) - sigmoid(margin)) < 1e-6);
  });

  it('takes missing values as missing: null, left out, and a key that is not in the table', () => {
    const release = compile();
    const prepared = release.prepare({ dep: 0, origin: 'xyz', distance: null }, 5);
    assert.deepEqual(prepared.inputs, [0, 'XYZ', null, null, null]);
    // hour left, airport unseen 0.3 left, late NaN right, km NaN left, off NaN right
    const margin = 0.25 + 1 + 1 / 2 - 1 / 9 + 1 / 8 - 1 / 81;
    assert.ok(Math.abs((release.decide([prepared])[0] ?? Number.NaN) - sigmoid(margin)) < 1e-6);
  });

  it('gives a batch what it gives each alone', () => {
    const release = compile();
    const batch = [GOOD, { ...GOOD, origin: 'lga' }, { ...GOOD, distance: 900 }, { ...GOOD, dep: 0 }].map(
      (instance) => release.prepare(instance, 5),
    );
    const alone = batch.map((prepared) => release.decide([prepared])[0]);
    assert.deepEqual(Array.from(release.decide(batch)), alone);
    assert.equal(new Set(alone).size, 4);
  });

  it('takes the arrival where no event time is declared', () => {
    assert.equal(compile({ ...MANIFEST, eventTime: null }).prepare(GOOD, 77).eventTimeMs, 77);
  });

  it('names every mistake at its path at once', () => {
    const instance = { dep: 'yesterday', distance: Number.POSITIVE_INFINITY, holiday: 1, gate: 'B7' };
    assert.deepEqual(mistakesOf(instance, 'instances.2'), {
      'instances.2.dep': 'expected an RFC 3339 time or milliseconds since 1970, got the string "yesterday"',
      'instances.2.origin': 'expected this field, it is missing',
      'instances.2.distance': 'expected a finite number, got Infinity',
      'instances.2.holiday': 'expected true or false, got 1',
      'instances.2.gate': 'expected no such field',
    });
    assert.deepEqual(mistakesOf({ ...GOOD, origin: null, distance: '7' }), {
      origin: 'expected a string, got null',
      distance: 'expected a finite number, got the string "7"',
    });
  });

  it('refuses texts that are too long, and what is no object', () => {
    assert.match(
      mistakesOf({ ...GOOD, origin: 'x'.repeat(1_001) })['origin'] ?? '',
      /at most 1000 characters, got 1001/,
    );
    for (const instance of [null, 7, 'x', [GOOD]]) assert.ok(mistakesOf(instance)['']);
  });

  it('is not misled by names of Object.prototype', () => {
    const instance: unknown = JSON.parse('{"__proto__": 1, "constructor": 2, "origin": "jfk", "dep": 0}');
    assert.deepEqual(Object.keys(mistakesOf(instance)), ['__proto__', 'constructor']);
  });

  it('refuses a model that takes other inputs', () => {
    const inputs = MANIFEST.inputs.slice(0, 3);
    assert.throws(
      () => compile({ ...MANIFEST, inputs }),
      /the release feeds airport string\[1\], numeric number\[2\]/,
    );
  });
});

describe('releaseFrame', () => {
  it('and decideFrame give over columns what requests give', () => {
    const release = compile();
    const origins = ['jfk', 'LGA', 'xyz'];
    const rows = Array.from({ length: 9_000 }, (_, i) => ({
      dep: 1_577_869_200_000 + i * 1_234_567,
      origin: origins[i % 3] ?? '',
      distance: i % 7 === 0 ? null : i / 3,
      holiday: i % 5 === 0 ? null : i % 2 === 0,
    }));
    const number = (values: readonly (number | boolean | null)[]): Float64Array =>
      Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
    const frame: Frame = {
      rows: rows.length,
      columns: {
        dep: { kind: 'time', values: number(rows.map(({ dep }) => dep)) },
        origin: { kind: 'category', codes: Int32Array.from(rows, (_, i) => i % 3), levels: origins },
        distance: { kind: 'number', values: number(rows.map(({ distance }) => distance)) },
        holiday: { kind: 'number', values: number(rows.map(({ holiday }) => holiday)) },
      },
    };
    const prepared = rows.map((row) => release.prepare(row, 5));
    const table = (column: number): Column => ({
      kind: 'number',
      values: Float64Array.from(
        prepared,
        ({ inputs: [hour, airport], eventTimeMs }) =>
          lookup('traffic', [String(airport), Number(hour)], eventTimeMs)?.[column] ?? Number.NaN,
      ),
    });
    const features = releaseFrame(MANIFEST, frame, () => [table(0), table(1)]);
    assert.deepEqual(Object.keys(features.columns), [
      'at',
      'hour',
      'airport',
      'km',
      'off',
      'traffic.flights',
      'traffic.late',
    ]);
    assert.deepEqual(decideFrame(release, features), release.decide(prepared));
  });

  it('refuses table columns that are not joined to the rows', () => {
    const frame: Frame = { rows: 2, columns: {} };
    const definition = { ...MANIFEST, features: [] };
    assert.throws(() => releaseFrame(definition, frame, () => []), /expected 2 numbers of traffic.flights/);
  });
});

describe('releaseManifestSchema', () => {
  it('takes a whole manifest, through JSON', () => {
    assert.deepEqual(releaseManifestSchema.parse(JSON.parse(JSON.stringify(MANIFEST))), MANIFEST);
  });

  it('names what does not fit together', () => {
    const result = releaseManifestSchema.safeParse({
      ...MANIFEST,
      features: [
        ...MANIFEST.features,
        { name: 'hour', type: 'string', expression: call('hour', field('gate')) },
      ],
      eventTime: 'airport',
      tables: [{ ...MANIFEST.tables[0], key: ['airport', 'runway'] }],
      inputs: [...MANIFEST.inputs, { name: 'at', type: 'number' }, { name: 'traffic.none', type: 'number' }],
    });
    assert.deepEqual(
      result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
      [
        'features.5.name: hour stands here twice',
        'features.5.expression: no field is called gate; the fields are dep, origin, distance, holiday',
        'tables.0.key: no feature or field is called runway',
        'eventTime: expected a feature of type time, got airport',
        'inputs.0: expected a number, hour is a string',
        'inputs.5: expected a number, at is a time',
        'inputs.6: expected a number, traffic.none is not defined',
      ],
    );
  });
});
