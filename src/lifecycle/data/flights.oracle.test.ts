import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Frame } from '../../kernel/column.ts';
import { sampleRows } from '../../learn/sample-rows.ts';
import { seededRandom } from '../../learn/random.ts';
import { runPython } from '../../../test/python.ts';
import { projectFiles, type StageHarness, stageHarness } from '../../../test/stage-harness.ts';
import type { StageResult } from '../stage-scope.ts';
import { type Examples, loadExamples } from './examples.ts';
import { dataSpec, splitSpec } from './spec.ts';
import { splitBounds, splitExamples, splitSpan } from './split.ts';
import { type DataOutputs, runData } from './stage.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FLIGHTS = join(ROOT, 'examples/flights');
const CLOCK = Date.UTC(2001, 1, 1);
const VECTORS = 10_000;

/**
 * The same from the raw file, with NumPy, written from the words in the SQL files and not from the SQL: for
 * each chosen row, means over all flights of the key that landed in a span that ends at the whole hour
 * before departure.
 */
const ORACLE = `
import json, sys
import numpy as np
import pyarrow.parquet as pq

asked = json.load(sys.stdin)
table = pq.read_table(asked["path"])
date = table["date"].cast("timestamp[us]").to_numpy().astype("int64")
delay = table["delay"].to_numpy().astype(float)
distance = table["distance"].to_numpy().astype(float)
origin = np.array(table["origin"].to_pylist())
destination = np.array(table["destination"].to_pylist())
clock = asked["clock"] * 1000
HOUR = 3_600_000_000
DAY = 24 * HOUR

month = date.astype("datetime64[us]").astype("datetime64[M]").astype(str)
kept = (delay >= -90) & (delay <= 1500)
landed = date + np.round((30 + distance / 7.5) * 60_000_000).astype("int64")
late = (delay > 15).astype(float)

partitions = {}
earlier = set()
for name in sorted(set(month)):
    of = np.flatnonzero(month == name)
    rows = set()
    twice = 0
    for key in zip(date[of], delay[of], distance[of], origin[of], destination[of]):
        twice += key in rows
        rows.add(key)
    new = 0 if not earlier else int((~np.isin(origin[of], sorted(earlier))).sum())
    partitions[name] = {"rows": len(of), "duplicates": twice, "new": new,
                        "low": int((delay[of] < -90).sum()), "high": int((delay[of] > 1500).sum()),
                        "airports": sorted(set(origin[of]) - earlier) if earlier else []}
    if len(of) > 6:
        earlier |= set(origin[of][kept[of]])

def rates(keys, chosen, moments, spans):
    """Mean of late over the flights of each chosen row's key that landed in (moment - span, moment]."""
    order = np.lexsort((landed[kept], keys[kept]))
    sorted_keys, at, value = keys[kept][order], landed[kept][order], late[kept][order]
    total = np.concatenate([[0.0], np.cumsum(value)])
    names, first = np.unique(sorted_keys, return_index=True)
    ends = dict(zip(names, zip(first, list(first[1:]) + [len(sorted_keys)])))
    result = [[] for _ in spans]
    for key, moment in zip(keys[chosen], moments):
        start, stop = ends.get(key, (0, 0))
        to = start + np.searchsorted(at[start:stop], moment, side="right")
        for column, span in zip(result, spans):
            since = start + np.searchsorted(at[start:stop], moment - span, side="right")
            column.append(float((total[to] - total[since]) / (to - since)) if to > since else None)
    return result

chosen = np.array(asked["rows"], dtype=int)
hub = {code: size for size, codes in asked["hubs"].items() for code in codes}
minute = date[chosen] // 60_000_000
columns = {
    "departure": (date[chosen] / 1000).tolist(),
    "origin": origin[chosen].tolist(),
    "destination": destination[chosen].tolist(),
    "distance": distance[chosen].tolist(),
    "minute_of_day": (minute % 1440).tolist(),
    "weekday": ((date[chosen] // DAY + 3) % 7 + 1).tolist(),
    "hour": (minute % 1440 // 60).tolist(),
    "hub_class": [hub.get(code, "small") for code in origin[chosen]],
}
route = np.char.add(np.char.add(origin, ">"), destination)
def tables(moments):
    found = {}
    for prefix, keys, spans in (("origin", origin, {"3h": 3 * HOUR, "24h": DAY, "7d": 7 * DAY}),
                                ("route", route, {"24h": DAY, "7d": 7 * DAY})):
        for label, values in zip(spans, rates(keys, chosen, moments, list(spans.values()))):
            found[prefix + "_rates." + prefix + "_late_" + label] = values
    return found
moments = date[chosen] // HOUR * HOUR
columns.update(tables(moments))
print(json.dumps({"partitions": partitions, "columns": columns, "target": late[chosen].tolist(),
                  "hourLater": tables(moments + HOUR),
                  "known": int((kept & (landed <= clock) & (date < clock)).sum())}))
`;

const cells = z.array(z.union([z.number(), z.string(), z.null()]));
const answer = z.object({
  partitions: z.record(
    z.string(),
    z.object({
      rows: z.number(),
      duplicates: z.number(),
      new: z.number(),
      low: z.number(),
      high: z.number(),
      airports: z.array(z.string()),
    }),
  ),
  columns: z.record(z.string(), cells),
  target: z.array(z.number()),
  hourLater: z.record(z.string(), cells),
  known: z.number(),
});

const checks = z.array(z.object({ rule: z.string(), verdict: z.string(), rows: z.number() }));

describe('the data stage on three million flights', () => {
  let harness: StageHarness;
  let result: StageResult<DataOutputs>;
  let examples: Examples;
  let chosen: Uint32Array;
  let oracle: z.output<typeof answer>;
  const document = parse(readFileSync(join(FLIGHTS, 'tend.yaml'), 'utf8')) as Record<string, unknown>;
  const data = dataSpec.parse(document.data);
  const split = splitSpec.parse(document.split);
  const bounds = splitBounds(split, CLOCK);

  before(async () => {
    harness = await stageHarness({ projectDir: FLIGHTS, files: projectFiles(FLIGHTS), projectClock: CLOCK });
    [result, examples] = await harness.run(async (scope) => {
      const done = await runData(scope, { data, split, requires: { rows: 100_000 }, starts: null });
      const { versions, features, histories } = done.outputs;
      const version = versions.flights;
      assert.ok(version !== undefined);
      return [
        done,
        await loadExamples(scope, features, version, histories, splitSpan(bounds, CLOCK)),
      ] as const;
    });
    chosen = sampleRows(examples.rows, VECTORS, seededRandom(7));
    const path = join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet');
    const rows = Array.from(chosen, (at) => examples.row[at] as number);
    const hubs = hubsOf(readFileSync(join(FLIGHTS, 'request.sql'), 'utf8'));
    oracle = answer.parse(await runPython(ORACLE, { path, rows, hubs, clock: CLOCK }));
  });
  after(() => harness[Symbol.asyncDispose]());

  test('every defect of each month is found, and counted as by the oracle', async () => {
    const found = new Map<string, Record<string, number>>();
    for (const { body } of await harness.evidence('data-checks')) {
      if (body.dataset !== 'flights') continue;
      const rules = checks.parse(body.checks).map(({ rule, rows }) => [rule, rows] as const);
      const { name, quarantinedRows } = z
        .object({ name: z.string(), quarantinedRows: z.number() })
        .parse(body.partition);
      found.set(name, { ...Object.fromEntries(rules), aside: quarantinedRows });
    }
    assert.deepEqual([...found.keys()], Object.keys(oracle.partitions));
    for (const [month, expected] of Object.entries(oracle.partitions)) {
      const own = found.get(month) ?? {};
      assert.equal(own['delay between -90 and 1500'], expected.low + expected.high, month);
      assert.equal(own.aside, expected.low + expected.high, month);
      assert.equal(own['unique: the whole row'], expected.duplicates, month);
      assert.equal(own['origin occurred in an earlier partition'] ?? 0, expected.new, month);
      assert.equal(own['rows change at most 40%'], expected.rows, month);
    }
  });

  test('in total: 3 delays too small, 2 too large, 191 duplicates, 6 new airports, 6 rows of July', () => {
    const months = Object.values(oracle.partitions);
    const total = (count: (month: (typeof months)[number]) => number): number =>
      months.reduce((sum, month) => sum + count(month), 0);
    assert.equal(
      total((month) => month.low),
      3,
    );
    assert.equal(
      total((month) => month.high),
      2,
    );
    assert.equal(
      total((month) => month.duplicates),
      191,
    );
    const airports = months.flatMap((month) => month.airports);
    assert.deepEqual(airports.sort(), ['ACY', 'AKN', 'DLG', 'GST', 'LWB', 'MQT']);
    const partitions = result.outputs.versions.flights?.partitions ?? [];
    assert.deepEqual(
      partitions.filter((partition) => partition.refused !== null).map(({ name, rows }) => [name, rows]),
      [['2001-07', 6]],
    );
    assert.equal(result.verdict, 'pass');
    assert.equal(result.outputs.versions.flights?.rows, 3_000_000 - 6 - 5);
  });

  test('the examples are all flights that had landed by the project clock, and no other', () => {
    assert.equal(examples.rows, oracle.known);
    assert.equal(new Set(examples.row).size, examples.rows);
    const { train, validation, test: held } = splitExamples(examples, split, bounds);
    assert.equal(train.rows + validation.rows + held.rows, examples.rows);
    assert.ok(train.rows > 250_000 && validation.rows > 80_000 && held.rows > 90_000);
  });

  test('10,000 training vectors are what the flights landed by the hour before give', () => {
    const names = Object.keys(oracle.columns);
    assert.deepEqual(Object.keys(examples.features.columns).sort(), [...names].sort());
    let compared = 0;
    for (const name of names) {
      const expected = oracle.columns[name] ?? [];
      chosen.forEach((at, i) => {
        assertSame(
          cellAt(examples.features, name, at),
          expected[i] ?? null,
          `${name} of row ${examples.row[at]}`,
        );
        compared += 1;
      });
    }
    assert.equal(compared, VECTORS * 13);
    chosen.forEach((at, i) => assert.equal(examples.target[at], oracle.target[i]));
  });

  test('flights that landed within the next hour would have been noticed', () => {
    for (const [name, later] of Object.entries(oracle.hourLater)) {
      const differing = later.filter((value, i) => value !== oracle.columns[name]?.[i]).length;
      assert.ok(differing > VECTORS / 5, `${name}: only ${differing} of ${VECTORS} would differ`);
    }
  });

  test('nothing is left in the scratch folder', () => {
    assert.deepEqual(readdirSync(join(harness.dir, 'scratch')), []);
  });
});

/** The airports of each size that the request's SQL lists. */
function hubsOf(sql: string): Record<string, string[]> {
  const lists = sql.matchAll(/in \(([^)]*)\) then '(\w+)'/g);
  const hubs = Array.from(
    lists,
    ([, codes = '', size = '']) => [size, codes.match(/[A-Z]{3}/g) ?? []] as const,
  );
  assert.equal(hubs.length, 2);
  return Object.fromEntries(hubs);
}

function cellAt(frame: Frame, name: string, row: number): number | string | null {
  const column = frame.columns[name];
  assert.ok(column !== undefined, name);
  if (column.kind === 'category') return column.levels[column.codes[row] as number] ?? null;
  const value = column.values[row] as number;
  return Number.isNaN(value) ? null : value;
}

/** Means of at most some thousand zeros and ones, in another order of summation: equal to the last digits. */
function assertSame(ours: number | string | null, theirs: number | string | null, what: string): void {
  const near = typeof ours === 'number' && typeof theirs === 'number' && Math.abs(ours - theirs) <= 1e-12;
  assert.ok(near || ours === theirs, `${what}: ${ours}, expected ${theirs}`);
}
