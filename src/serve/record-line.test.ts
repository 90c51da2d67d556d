import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openBlobStore } from '../store/blob.ts';
import { openFeatureTables } from './feature-tables.ts';
import { INSTANCE, planeState } from './fixtures/plane-state.ts';
import { parsePredictionRecord } from './prediction-record.ts';
import { recordLines } from './record-line.ts';
import { loadRelease } from './served-release.ts';

const state = await planeState();
const tables = await openFeatureTables(state.featureDir, 'flights', 'carrier', () => 0);
after(async () => {
  tables.close();
  await state.remove();
});
const release = await state.putRelease(1, 10);
const served = await loadRelease(
  release,
  openBlobStore(state.blobDir),
  async () => tables,
  () => 0,
);
const route = { endpoint: 'delay', release, version: '1 "ü"', weight: 1, role: 'stable' as const };
const line = recordLines(route, served, ['gate']);

test('a line is read as the record that was written, whatever the client put into its texts', () => {
  const carrier = fc.string({ unit: 'binary', maxLength: 12 });
  const other = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(
      carrier,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      other,
      (name, distance, gate) => {
        const fields = JSON.parse(JSON.stringify({ ...INSTANCE, carrier: name, distance, gate }));
        const { gate: _, ...own } = fields;
        const prepared = served.decider.prepare({ ...own, row: 7 }, 5);
        const [prediction = 0] = served.decider.decide([prepared]);
        const text = line({
          id: 'prd_1',
          at: 3,
          fields: { ...fields, row: 7 },
          prepared,
          prediction,
          latencyUs: 9,
        });
        assert.equal(text.indexOf('\n'), text.length - 1);
        const finite = Number.isFinite(prediction);
        assert.deepEqual(parsePredictionRecord(text), {
          id: 'prd_1',
          key: 7,
          at: 3,
          t: Date.parse(INSTANCE.scheduled),
          endpoint: 'delay',
          release,
          version: '1 "ü"',
          fields,
          features: Object.fromEntries(
            served.decider.manifest.inputs.map((input, i) => [input.name, jsonNumber(prepared.inputs[i])]),
          ),
          prediction: finite ? prediction : null,
          latencyUs: 9,
          error: !finite,
        });
      },
    ),
  );
});

/** JSON has neither the infinities nor a negative zero as `JSON.stringify` writes it. */
function jsonNumber(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
