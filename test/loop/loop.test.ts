import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { API_PREFIX } from '../../src/cli/invoker.ts';
import { runTend } from '../tend-process.ts';
import { fileFlights } from './flights-file.ts';
import { at, type LoopBed, loopBed } from './loop-bed.ts';
import { QUICK_LOOP, swappedHalves } from './swapped-halves.ts';

const PROJECT = 'flight-delay';
const UNTIL = '2001-02-12';
const CAUSE = 'criterion:still-good';

type Items<T> = { readonly items: readonly T[] };

interface Incident {
  readonly id: string;
  readonly cause: string;
  readonly state: string;
  readonly openedAt: number;
  readonly resolvedAt: number | null;
  readonly resolution: string | null;
  readonly evidence: readonly string[];
}

describe('a model whose world is another one from the day on which it goes live', () => {
  let bed: LoopBed;
  const incidents = async (): Promise<readonly Incident[]> =>
    ((await bed.get(`/incidents?project=${PROJECT}`)) as Items<Incident>).items;

  before(async () => {
    bed = await loopBed(swappedHalves('2001-02-20'), QUICK_LOOP);
    await bed.deploy();
  });
  after(() => bed[Symbol.asyncDispose]());

  it('is asked about every flight, and told what came of each that landed by then', async () => {
    const report = await bed.replay('2001-02-04');
    const flights = await fileFlights(bed.flights.project.dir, at(2, 1));
    const due = flights.filter(({ date }) => date < at(2, 4));
    assert.equal(report.predictions, due.length);
    const landed = due.filter((flight) => flight.landed <= at(2, 4)).length;
    assert.deepEqual(report.outcomes, { accepted: landed, duplicate: 0, unknown: 0, refused: 0 });
    const clock = await bed.get(`/projects/${PROJECT}/clock`);
    assert.deepEqual([clock.at, clock.starts, clock.busy, clock.waiting], [at(2, 4), at(2, 1), [], []]);
  });

  it('says each day how many outcomes are known, and judges nothing before its window is full', async () => {
    const windows = bed.rows(
      `select monitor, to_at, verdict, value, body from monitor_window
       where monitor in ('outcomes', '${CAUSE}') order by monitor, to_at`,
    );
    const of = (monitor: string) => windows.filter((window) => window['monitor'] === monitor);
    assert.deepEqual(
      of('outcomes').map((window) => window['to_at']),
      [at(2, 2), at(2, 3), at(2, 4)],
    );
    for (const { to_at: to, value, body } of of('outcomes')) {
      const flights = (await fileFlights(bed.flights.project.dir, at(2, 1))).filter(
        ({ date }) => date < Number(to),
      );
      const landed = flights.filter((flight) => flight.landed <= Number(to)).length;
      const { predictions, outcomes } = JSON.parse(String(body)) as Record<string, number>;
      assert.deepEqual([predictions, outcomes], [flights.length, landed]);
      assert.equal(value, landed / flights.length);
    }
    assert.deepEqual(
      of(CAUSE).map((window) => window['verdict']),
      ['open', 'open', 'open'],
    );
    assert.deepEqual(await incidents(), []);
  });

  it('opens one incident for the cause, which closes itself with the window that proves it', async () => {
    await bed.replay(UNTIL);
    const [incident, ...more] = await incidents();
    assert.deepEqual(more, []);
    assert.equal(incident?.cause, CAUSE);
    assert.equal(incident.state, 'resolved');
    assert.equal(incident.openedAt, at(2, 5));
    assert.match(incident.resolution ?? '', /^still-good: roc_auc 0\.\d+ \(.*\), at least .*; version 2/);
    const proof = await bed.get(`/evidence/${incident.evidence.at(-1)}`);
    assert.deepEqual(
      [proof.kind, proof.verdict, proof.body.to],
      ['live-criterion', 'pass', incident.resolvedAt],
    );
    const { actions } = await bed.get(`/incidents/${incident.id}`);
    assert.deepEqual(
      actions.map((action: { kind: string; state: string }) => [action.kind, action.state]),
      [
        ['alert', 'done'],
        ['retrain', 'done'],
      ],
    );
  });

  it('trains one candidate for each window; each is promoted or refused, with the figures', async () => {
    const retrainings = (await bed.get(`/projects/${PROJECT}/retrainings`)).items;
    assert.deepEqual(
      retrainings.map((one: Record<string, unknown>) => [
        one['trigger'],
        one['at'],
        one['champion'],
        one['promoted'],
      ]),
      [['still-good', at(2, 5), 1, 2]],
    );
    const candidates = (await bed.get(`/projects/${PROJECT}/candidates`)).items;
    const states = candidates.map(
      ({ window, state }: { window: string; state: string }) => `${window} ${state}`,
    );
    assert.deepEqual(states.sort(), ['4 days promoted', 'all refused']);
    for (const { state, comparison, reason } of candidates) {
      const { low, high } = comparison.difference;
      assert.ok(low < high && comparison.rows > 100);
      // The interval excludes zero on the right side exactly where it was promoted.
      assert.equal(low > 0, state === 'promoted');
      if (state === 'refused')
        assert.match(reason, /roc_auc [+−]0\.\d+ \([+−]0\.\d+ to [+−]0\.\d+\) from version 1/);
    }
    const under = bed.rows("select body from ledger where action = 'retraining.approved-under'");
    const approvals = bed.rows("select id from approval where state = 'approved'");
    assert.deepEqual(
      under.map(({ body }) => JSON.parse(String(body)).approval),
      approvals.map(({ id }) => id),
    );
  });

  it('is replaced in shares, and what that brought is measured on live flights and kept', async () => {
    const canary = bed.rows("select title, verdict from evidence where kind = 'canary' order by created_at");
    assert.deepEqual(
      canary.map(({ title, verdict }) => [/^Canary at \d+%/.exec(String(title))?.[0], verdict]),
      [
        ['Canary at 20%', 'pass'],
        ['Canary at 50%', 'pass'],
      ],
    );
    const [retraining] = (await bed.get(`/projects/${PROJECT}/retrainings`)).items;
    assert.equal(retraining.state, 'kept');
    const [look, ...more] = retraining.looks;
    assert.deepEqual(more, []);
    assert.equal(look.verdict, 'helped');
    assert.ok(look.difference.low > 0 && look.difference.low < look.difference.value);
    assert.ok(look.at >= retraining.promotedAt + 4 * 86_400_000);
    const flights = await fileFlights(bed.flights.project.dir, retraining.promotedAt);
    const known = flights.filter(({ date, landed }) => date < look.at && landed <= look.at).length;
    // Rows with outcomes; the candidate's canary before and the hour of the promotion are not in it.
    assert.ok(Math.abs(look.rows - known) <= 30, `${look.rows} of ${known} rows`);
    assert.deepEqual(await bed.flights.routes(), ['stable 2 1']);
  });

  it('seals what was received by the day, and once more for what takes it in', () => {
    const parts = bed.rows("select name from log_part where kind = 'outcomes'");
    // Eleven days, the retraining and the look at its effect.
    assert.ok(parts.length >= 11 && parts.length <= 13, `${parts.length} parts`);
  });

  it('makes the version before leave, with an archive that a fresh process restores alone', async () => {
    const [tombstone, ...more] = (await bed.get(`/retirements?project=${PROJECT}`)).items;
    assert.deepEqual(more, []);
    assert.deepEqual(
      [tombstone.kind, tombstone.name, tombstone.successor],
      ['version', `${PROJECT}@1`, `${PROJECT}@2`],
    );
    const certificate = await bed.get(`/evidence/${tombstone.certificate}`);
    assert.deepEqual([certificate.kind, certificate.stage], ['certificate', 'decommissioning']);
    const entries = bed.rows("select body from ledger where action = 'version.retired'");
    assert.equal(entries.length, 1);
    const dir = mkdtempSync(join(tmpdir(), 'tend-archive-'));
    try {
      const url = `${bed.flights.server().urls[0]}${API_PREFIX}/archives/${tombstone.archiveId}/file`;
      const file = join(dir, 'version.archive');
      writeFileSync(file, Buffer.from(await (await fetch(url)).arrayBuffer()));
      const run = await runTend(['archive', 'restore', file, '--check', '--json'], {
        cwd: dir,
        env: { TEND_DIR: join(dir, 'none') },
      });
      assert.equal(run.code, 0, run.out + run.err);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('shows a board without a failure, of the version that answers', async () => {
    const { projects } = await bed.get('/status');
    const verdicts = projects[0].stages.map(
      (one: { stage: string; verdict: string }) => `${one.stage} ${one.verdict}`,
    );
    assert.deepEqual(
      verdicts.filter((verdict: string) => !verdict.endsWith(' pass')),
      [],
    );
    assert.match((await bed.flights.stage('training')).reason, /^version 2/);
  });

  it('starts nothing when the replay is asked for once more, or the unchanged file applied', async () => {
    const known = ['retraining', 'candidate', 'incident', 'model_version', 'monitor_window', 'log_part'];
    const counts = () => known.map((table) => bed.rows(`select count(*) as n from ${table}`)[0]?.['n']);
    const evidence = () => bed.rows('select kind from evidence order by rowid').map(({ kind }) => kind);
    const executions = () => bed.rows('select id from execution').length;
    const [found, work] = [counts(), executions()];
    const again = await bed.replay(UNTIL);
    assert.deepEqual([again.from, again.to, again.predictions], [at(2, 12), at(2, 12), 0]);
    assert.equal(executions(), work);
    const planned = (await bed.flights.tend(['plan', '--json'])).data();
    assert.deepEqual(
      planned.stages.filter((stage: { run: boolean }) => stage.run),
      [],
    );
    const apply = async (): Promise<unknown[]> => {
      const old = evidence().length;
      const applied = await bed.flights.tend(['apply', '--yes', '--json']);
      assert.deepEqual([applied.code, applied.data().waiting], [0, null]);
      return evidence().slice(old);
    };
    // The documents of the version take in what was measured since it took over, and that once.
    assert.deepEqual(await apply(), ['model-card', 'data-sheet', 'framework']);
    assert.deepEqual(await apply(), []);
    assert.deepEqual(counts(), found);
    assert.deepEqual(await bed.flights.routes(), ['stable 2 1']);
  });

  it('has a ledger that holds from its first entry to its last', async () => {
    const run = await bed.flights.tend(['ledger', 'verify', '--json'], 'local');
    assert.equal(run.code, 0, run.out + run.err);
  });
});
