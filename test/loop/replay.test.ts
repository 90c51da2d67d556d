import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createTables } from '../../src/table/tables.ts';
import { type SmallFlights, smallFlights } from '../small-flights.ts';
import { interruptTend, runTend, type TendRun } from '../tend-process.ts';
import { type ReplayStub, startReplayStub } from './replay-stub.ts';

const HOUR = 3_600_000;
const STARTS = Date.UTC(2001, 1, 1);
const FIELDS = 'date destination distance origin row';

/** A flight of the file, with when it landed as outcome.sql says, worked out here once more. */
interface Flight {
  readonly row: number;
  readonly date: number;
  readonly delay: number;
  readonly landed: number;
}

let project: SmallFlights;
let flights: ReadonlyMap<number, Flight>;

before(async () => {
  project = await smallFlights();
  flights = await readFlights(project.dir);
});
after(() => project[Symbol.dispose]());

describe('tend replay', () => {
  it('sends raw fields alone, each flight once, in order, after every outcome due before it', async () => {
    await using stub = await startReplayStub(STARTS);
    const until = Date.UTC(2001, 1, 8);
    stub.faults = { busyPolls: (at) => (at === Date.UTC(2001, 1, 3) ? 3 : 0) };
    const run = await replay(stub, '2001-02-08');
    assert.equal(run.code, 0, run.err);
    assertWhole(stub, until);
    assert.equal(stub.moves.length, 7 * 24);
    assert.deepEqual(stub.whileBusy, { polls: 3, others: 0 });
    const data = run.data();
    assert.equal(data.predictions, stub.flights.length);
    assert.equal(data.outcomes.accepted, stub.outcomes.length);
    assert.deepEqual([data.outcomes.unknown, data.outcomes.duplicate], [0, 0]);
  });

  it('goes on after lost connections and refusals for a while, and sends nothing twice', async () => {
    await using stub = await startReplayStub(STARTS);
    const faults = new Map<number, 'lose after' | 'lose before' | 503 | 429>([
      [5, 'lose after'],
      [9, 'lose before'],
      [14, 503],
      [20, 429],
      [21, 'lose after'],
    ]);
    stub.faults = { onPrediction: (n) => faults.get(n) ?? 'answer' };
    const run = await replay(stub, '2001-02-03', '--batch', '3');
    assert.equal(run.code, 0, run.err);
    // What is put off comes behind the requests that were under way, in the same slice.
    stub.flights.sort(byTime);
    assertWhole(stub, Date.UTC(2001, 1, 3));
    assert.equal(run.data().predictions, stub.flights.length);
  });

  it('resumes where the project clock stands, and skips what is logged', async () => {
    await using stub = await startReplayStub(STARTS);
    const args = ['replay', 'flights', '--until', '2001-02-06', '--batch', '2', '--json'];
    const options = { cwd: project.dir, env: { TEND_URL: stub.url } };
    // An answer that never comes holds the first run within a slice until it is interrupted.
    stub.faults = { onPrediction: (n) => (n >= 200 ? 503 : 'answer') };
    const first = await interruptTend(args, { ...options, at: /waits for the server: later/ });
    assert.equal(first.code, 130, first.err);
    const answered = stub.flights.length;
    assert.ok(answered > 0);
    stub.faults = {};
    const second = await runTend(args, options);
    assert.equal(second.code, 0, second.err);
    assertWhole(stub, Date.UTC(2001, 1, 6));
    assert.equal(second.data().predictions, stub.flights.length - answered);
    assert.ok(second.data().outcomes.duplicate > 0, 'outcomes of the last day are told again');
    const third = await runTend(args.slice(0, -1), options);
    assert.deepEqual([third.code, /nothing left to play/.test(third.out)], [0, true], third.err);
  });

  it('says with exit codes why it cannot', async () => {
    await using stub = await startReplayStub(STARTS);
    const codes = async (...args: string[]): Promise<[number | null, string]> => {
      const run = await runTend(['replay', ...args, '--json'], {
        cwd: project.dir,
        env: { TEND_URL: stub.url },
      });
      return [run.code, run.error().message];
    };
    assert.deepEqual(await codes('airports'), [4, 'there is no dataset of examples called airports']);
    assert.deepEqual(await codes('flights', '--until', 'soon'), [
      2,
      '--until: expected a date such as 2001-07-01, came soon',
    ]);
    const alone = await runTend(['replay', 'flights', '--json'], {
      cwd: project.dir,
      env: { TEND_DIR: join(tmpdir(), 'tend-nobody') },
    });
    assert.equal(alone.code, 1);
    assert.match(alone.error().hint, /tend up/);
  });
});

function replay(stub: ReplayStub, until: string, ...args: string[]): Promise<TendRun> {
  const line = ['replay', 'flights', '--until', until, ...args, '--json'];
  return runTend(line, { cwd: project.dir, env: { TEND_URL: stub.url } });
}

function byTime(a: { date: number; row: number }, b: { date: number; row: number }): number {
  return a.date - b.date || a.row - b.row;
}

/** Checks everything that was sent from the start to `until` against the file. */
function assertWhole(stub: ReplayStub, until: number): void {
  const due = [...flights.values()].filter(({ date }) => date >= STARTS && date < until);
  const inOrder = [...due].sort(byTime).map(({ row }) => row);
  assert.deepEqual(
    stub.flights.map(({ row }) => row),
    inOrder,
  );
  for (const flight of stub.flights) {
    assert.equal(flight.names, FIELDS);
    assert.equal(flight.date, flights.get(flight.row)?.date);
    assert.ok(flight.clock <= flight.date && flight.date < flight.clock + HOUR, 'it is of the present slice');
  }
  assertOutcomes(stub, due, until);
}

/**
 * Every flight that landed by the end is told of once, after it was asked and before the slices behind it.
 */
function assertOutcomes(stub: ReplayStub, due: readonly Flight[], until: number): void {
  const place = new Map(stub.outcomes.map(({ key }, index) => [key, index]));
  assert.equal(place.size, stub.outcomes.length);
  assert.deepEqual(
    new Set(place.keys()),
    new Set(due.filter(({ landed }) => landed <= until).map(({ row }) => row)),
  );
  const asked = new Map(stub.flights.map(({ row }, index) => [row, index]));
  for (const { key, value, at, flightsBefore } of stub.outcomes) {
    const flight = flights.get(key);
    assert.deepEqual([value, at], [flight?.delay, flight?.landed]);
    assert.ok((asked.get(key) ?? Number.POSITIVE_INFINITY) < flightsBefore, 'its prediction was sent before');
  }
  // The latest due outcome of each slice is in before the slice's first flight.
  const byClock = Map.groupBy(stub.flights, ({ clock }) => clock);
  for (const [clock, [first]] of byClock) {
    for (const { row, date, landed } of due) {
      if (landed > clock || date >= clock) continue;
      assert.ok(
        (place.get(row) ?? Number.POSITIVE_INFINITY) < (first?.outcomesBefore ?? 0),
        `${row} came late`,
      );
    }
  }
}

async function readFlights(dir: string): Promise<Map<number, Flight>> {
  const path = join(dir, 'flights.parquet');
  const tempDir = join(dir, 'scratch');
  await using session = await createTables({ tempDir }).session([path]);
  const rows = await session.rows(
    `SELECT file_row_number AS row, epoch_ms(date) AS date, delay, distance
     FROM read_parquet('${path}', file_row_number = true) WHERE date < TIMESTAMP '2001-02-10'`,
  );
  rmSync(tempDir, { recursive: true, force: true });
  return new Map(
    rows.map((row) => {
      const [date, distance] = [Number(row.date), Number(row.distance)];
      // 30 minutes on the ground, 7.5 miles a minute.
      const landed = Math.floor(date + Math.round((30 + distance / 7.5) * 60_000_000) / 1_000);
      return [Number(row.row), { row: Number(row.row), date, delay: Number(row.delay), landed }];
    }),
  );
}
