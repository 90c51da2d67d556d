// needs: python
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { sampleRows } from '../../src/learn/sample-rows.ts';
import { seededRandom } from '../../src/learn/random.ts';
import type { PredictionRecord } from '../../src/serve/prediction-record.ts';
import { openBlobStore } from '../../src/store/blob.ts';
import { until } from '../processes.ts';
import { runPython } from '../python.ts';
import { type LoopBed, loopBed } from './loop-bed.ts';
import { loggedPredictions } from './logged-predictions.ts';
import { QUICK_LOOP, swappedHalves } from './swapped-halves.ts';

const PROJECT = 'flight-delay';
const VECTORS = 10_000;

/**
 * From the partitions of a version alone, with NumPy, written from the words in the SQL files and not from
 * the SQL: for each chosen row its fields, and means over the flights of its key that had landed *and been
 * told of* by the whole hour before its departure, in spans that end there.
 */
const ORACLE = `
import json, sys
import numpy as np
import pyarrow as pa, pyarrow.parquet as pq

asked = json.load(sys.stdin)
names = ["row", "date", "delay", "distance", "origin", "destination"]
parts = []
for path in asked["partitions"]:
    table = pq.read_table(path)
    known = np.full(len(table), np.datetime64("NaT", "us"))
    if "tend_known" in table.column_names:
        told = table["tend_known"].cast(pa.timestamp("us"))
        known = told.to_numpy(zero_copy_only=False).astype("datetime64[us]")
    parts.append([table[name].to_pylist() for name in names] + [known.astype("int64")])
row, date, delay, distance, origin, destination = [
    np.array([value for part in parts for value in part[i]]) for i in range(6)]
# Not a time is the least integer, so that a row that was declared counts from its landing on.
known = np.concatenate([part[6] for part in parts])
date = date.astype("datetime64[us]").astype("int64")
HOUR = 3_600_000_000
DAY = 24 * HOUR
landed = date + np.round((30 + distance / 7.5) * 60_000_000).astype("int64")
arrived = np.maximum(landed, known)
late = (delay > 15).astype(float)
place = {int(value): i for i, value in enumerate(row)}
chosen = np.array([place[value] for value in asked["rows"]])

def rates(keys, moments, span):
    rows_of = {}
    for i, key in enumerate(keys):
        rows_of.setdefault(key, []).append(i)
    rows_of = {key: np.array(rows) for key, rows in rows_of.items()}
    result = []
    for key, moment in zip(keys[chosen], moments):
        of = rows_of[key]
        seen = of[(arrived[of] <= moment) & (landed[of] > moment - span)]
        result.append(late[seen].sum() / len(seen) if len(seen) else None)
    return result

route = np.char.add(np.char.add(origin, ">"), destination)
def tables(moments):
    return {
        "origin_rates.origin_late_3h": rates(origin, moments, 3 * HOUR),
        "origin_rates.origin_late_24h": rates(origin, moments, DAY),
        "origin_rates.origin_late_7d": rates(origin, moments, 7 * DAY),
        "route_rates.route_late_24h": rates(route, moments, DAY),
        "route_rates.route_late_7d": rates(route, moments, 7 * DAY),
    }
moments = date[chosen] // HOUR * HOUR
minute = date[chosen] // 60_000_000
print(json.dumps({
    "columns": {
        "origin": origin[chosen].tolist(), "destination": destination[chosen].tolist(),
        "distance": distance[chosen].tolist(), "minute_of_day": (minute % 1440).tolist(),
        "weekday": ((date[chosen] // DAY + 3) % 7 + 1).tolist(), **tables(moments)},
    "hourLater": tables(moments + HOUR)}))
`;

const cells = z.array(z.union([z.number(), z.string(), z.null()]));
const answer = z.object({
  columns: z.record(z.string(), cells),
  hourLater: z.record(z.string(), cells),
});

describe('what served versions were given, over two weeks and a promotion', () => {
  let bed: LoopBed;
  let chosen: PredictionRecord[];
  let oracle: z.output<typeof answer>;

  before(async () => {
    const world = { ...swappedHalves('2001-02-20'), oneIn: { january: 100, later: 20 } };
    bed = await loopBed(world, QUICK_LOOP);
    await bed.deploy();
    await bed.replay('2001-02-15');
    const partitions = await versionNow(bed);
    const served = await loggedPredictions(bed.stateDir);
    // Of flights that are still in the air, no version of the data has a row.
    const landed = served.filter(({ t, fields }) => landedBy(t, Number(fields['distance'])));
    chosen = Array.from(
      sampleRows(landed.length, VECTORS, seededRandom(7)),
      (i) => landed[i] as PredictionRecord,
    );
    const rows = chosen.map(({ key }) => key);
    oracle = answer.parse(await runPython(ORACLE, { partitions, rows }));
  });
  after(() => bed[Symbol.asyncDispose]());

  it('10,000 of them are what the partitions of the data give, point in time: none differs', () => {
    const names = Object.keys(oracle.columns);
    const differing: string[] = [];
    for (const [i, { id, features }] of chosen.entries()) {
      assert.deepEqual(Object.keys(features).sort(), [...names].sort());
      for (const name of names) {
        const expected = oracle.columns[name]?.[i];
        if (features[name] !== expected)
          differing.push(`${name} of ${id}: ${features[name]}, not ${expected}`);
      }
    }
    assert.equal(chosen.length, VECTORS);
    assert.deepEqual(differing.slice(0, 20), []);
  });

  it('are of two versions and fourteen days, and no flight is among them twice', () => {
    assert.deepEqual([...new Set(chosen.map(({ version }) => version))].sort(), ['1', '2']);
    assert.equal(new Set(chosen.map(({ t }) => Math.floor(t / 86_400_000))).size, 14);
    assert.equal(new Set(chosen.map(({ key }) => key)).size, VECTORS);
  });

  it('would differ if a flight counted that was told of within the next hour', () => {
    for (const [name, later] of Object.entries(oracle.hourLater)) {
      const differing = later.filter((value, i) => value !== oracle.columns[name]?.[i]).length;
      assert.ok(differing > VECTORS / 50, `${name}: only ${differing} of ${VECTORS} would differ`);
    }
  });
});

/** Blobs of the partitions of the version of the data that a retraining makes now. */
async function versionNow(bed: LoopBed): Promise<string[]> {
  const known = bed.rows("select hash from dataset_version where dataset = 'flights'").length;
  const started = await bed.flights.tend(['models', 'retrain', PROJECT, '--force', '--json'], 'local');
  assert.equal(started.code, 0, started.out + started.err);
  const blobs = openBlobStore(join(bed.stateDir, 'blobs'));
  const versions = () =>
    bed.rows("select hash from dataset_version where dataset = 'flights' order by created_at desc");
  await until('its data is there', () => versions().length > known);
  await until('it is at rest', async () => (await bed.get(`/projects/${PROJECT}/clock`)).busy.length === 0);
  const rows = bed.rows(
    `select blob_hash from "partition" where dataset = 'flights' and quarantined = 0
       and version_hash = '${versions()[0]?.['hash']}' order by seq`,
  );
  return rows.map((row) => blobs.path(String(row['blob_hash'])));
}

function landedBy(t: number, distance: number): boolean {
  return t + (30 + distance / 7.5) * 60_000 < Date.UTC(2001, 1, 15);
}
