import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { halfDayLate, type World } from './flights-world.ts';
import { at, type Change, type LoopBed, loopBed } from './loop-bed.ts';
import { loggedPredictions } from './logged-predictions.ts';

const PROJECT = 'flight-delay';

/** Flights as they always were, enough in an hour for a monitor to judge it. */
const WORLD: World = {
  oneIn: { january: 100, later: 5 },
  until: '2001-02-06',
  eras: [{ from: '2001-01-01', delay: halfDayLate('evening') }],
};

/** No canary that could hold a release back, and monitors that look at a day and at an hour. */
const CHANGES: readonly Change[] = [
  [
    ['problem', 'criteria'],
    [
      { id: 'ranks-well', metric: 'roc_auc', at_least: 0.1, on: 'test' },
      { id: 'answers', metric: 'error_rate', at_most: '10%', live: true },
    ],
  ],
  [['problem', 'baseline'], { constant: 'prior' }],
  [['problem', 'requires'], undefined],
  [['data', 'features', 'tables'], undefined],
  [['data', 'features', 'slices_only'], undefined],
  [['evaluation'], undefined],
  [['deployment', 'rollout'], 'all-at-once'],
  [
    ['monitoring'],
    {
      drift: { test: 'psi', alert_at: 0.3, over: '1d' },
      outcomes: { key: 'row' },
      actions: { drift: ['alert', 'roll_back'], requests: ['alert', 'roll_back'] },
    },
  ],
  [['retraining'], undefined],
];

interface Incident {
  readonly id: string;
  readonly cause: string;
  readonly state: string;
  readonly openedAt: number;
  readonly resolvedAt: number;
  readonly resolvedBy: string;
  readonly title: string;
  readonly resolution: string;
  readonly evidence: readonly string[];
}

describe('a release that works on the rows it was made of and breaks on those that come', () => {
  let bed: LoopBed;

  before(async () => {
    bed = await loopBed(WORLD, CHANGES);
    requestSql('distance');
    await bed.deploy();
    await bed.replay('2001-02-02');
  });
  after(() => bed[Symbol.asyncDispose]());

  /** The features of a request: `distance` is the SQL by which a version takes it. */
  const requestSql = (distance: string): void => {
    const sql = `select date as departure, origin, destination, ${distance} as distance,
      hour(date) * 60 + minute(date) as minute_of_day from flights\n`;
    writeFileSync(join(bed.flights.project.dir, 'request.sql'), sql);
  };
  const incidents = async (): Promise<readonly Incident[]> =>
    (await bed.get(`/incidents?project=${PROJECT}`)).items;
  const versionsBetween = async (from: number, to: number): Promise<string[]> => {
    const logged = (await loggedPredictions(bed.stateDir)).filter(({ t }) => t >= from && t < to);
    assert.ok(logged.length > 100);
    return [...new Set(logged.map(({ version }) => version))].sort();
  };
  const assertDeeds = async ({ id }: Incident): Promise<void> => {
    const { actions } = await bed.get(`/incidents/${id}`);
    const done = actions.map(({ kind, state }: { kind: string; state: string }) => `${kind} ${state}`);
    assert.deepEqual(done, ['alert done', 'roll_back done']);
  };
  /** It was closed by the monitor, with the window that holds as its last evidence. */
  const assertProof = async (incident: Incident, kind: string): Promise<void> => {
    assert.deepEqual([incident.state, incident.resolvedBy], ['resolved', 'system']);
    const proof = await bed.get(`/evidence/${incident.evidence.at(-1)}`);
    assert.deepEqual([proof.kind, proof.verdict, proof.title], [kind, 'pass', incident.resolution]);
    assert.ok(proof.body.from >= incident.openedAt && proof.body.to === incident.resolvedAt);
  };

  it('is preceded by one that nothing is wrong with', async () => {
    assert.deepEqual(await bed.flights.routes(), ['stable 1 1']);
    assert.deepEqual(await incidents(), []);
  });

  it('in the wrong unit, is taken back by the first day that shows it', async () => {
    // Kilometres from the day on which it goes live: what it was trained on is in miles.
    requestSql("case when date >= timestamp '2001-02-02' then distance * 1.609 else distance end");
    await bed.deploy();
    assert.deepEqual(await bed.flights.routes(), ['stable 2 1', 'warm 1 0']);
    await bed.replay('2001-02-03');
    assert.deepEqual(await versionsBetween(at(2, 2), at(2, 3)), ['2']);
    const [incident, ...more] = await incidents();
    assert.deepEqual(more, []);
    assert.deepEqual([incident?.cause, incident?.state, incident?.openedAt], ['drift', 'open', at(2, 3)]);
    assert.match(incident?.title ?? '', /^1 of \d+ moved by psi 0.3 or more: distance/);
    await assertDeeds(incident as Incident);
    assert.deepEqual(await bed.flights.routes(), ['stable 1 1', 'warm 2 0']);
  });

  it('leaves an incident that closes itself with the first day of the version before', async () => {
    await bed.replay('2001-02-04');
    assert.deepEqual(await versionsBetween(at(2, 3), at(2, 4)), ['1']);
    const [incident, ...more] = await incidents();
    assert.deepEqual(more, []);
    await assertProof(incident as Incident, 'drift');
    assert.equal(incident?.resolvedAt, at(2, 4));
  });

  it('that bursts into missing values, is taken back within the hour that shows it', async () => {
    requestSql("case when date < timestamp '2001-02-04' then distance end");
    await bed.deploy();
    assert.deepEqual(await bed.flights.routes(), ['stable 3 1', 'warm 1 0']);
    await bed.replay('2001-02-05');
    const [incident, ...more] = (await incidents()).filter(({ openedAt }) => openedAt > at(2, 4));
    assert.deepEqual(more, []);
    assert.equal(incident?.cause, 'requests');
    assert.match(incident.title, /^distance is missing in 100 % of the requests of version 3/);
    await assertDeeds(incident);
    await assertProof(incident, 'requests');
    assert.deepEqual(await bed.flights.routes(), ['stable 1 1', 'warm 3 0']);
    assert.deepEqual(await versionsBetween(at(2, 4), incident.openedAt), ['3']);
    assert.deepEqual(await versionsBetween(incident.openedAt, at(2, 5)), ['1']);
  });

  it('was given back by nobody, and the ledger holds', async () => {
    const entries = bed.rows(
      "select actor, body from ledger where action = 'endpoint.rolled-back' order by seq",
    );
    assert.deepEqual(
      entries.map(({ actor }) => actor),
      ['system', 'system'],
    );
    const run = await bed.flights.tend(['ledger', 'verify', '--json'], 'local');
    assert.equal(run.code, 0, run.out + run.err);
  });
});
