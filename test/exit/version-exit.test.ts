import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { listEvidence } from '../../src/store/evidence.ts';
import { exportLedger } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { startTend, runTend } from '../tend-process.ts';
import { emptyProject, type TinyProject } from '../tiny-project.ts';
import { DAYS, ENDPOINT, type ExitBed, exitBed, PER_DAY, PROJECT } from './exit-bed.ts';

describe('the exit of a version that was replaced', () => {
  let bed: ExitBed;
  let folder: TinyProject;
  let retired: Awaited<ReturnType<ExitBed['call']>>;
  before(async () => {
    bed = await exitBed();
    folder = emptyProject();
  });
  after(async () => {
    folder[Symbol.dispose]();
    await bed[Symbol.asyncDispose]();
  });

  it('is refused for the version that has the traffic, naming everything that uses it', async () => {
    await assert.rejects(bed.call('retirements.start', { what: `${PROJECT}@2` }), (error: Error) => {
      assert.match(error.message, /^version flights@2 is still used: /);
      assert.match(error.message, /endpoint flight-delay gives it 100% of its traffic/);
      assert.match(error.message, /flights@champion names it/);
      return 'code' in error && error.code === 'CONFLICT';
    });
    await assert.rejects(bed.call('retirements.start', { what: 'flights@9' }), { code: 'NOT_FOUND' });
    await assert.rejects(bed.call('retirements.start', { what: 'flights' }), { code: 'INVALID_INPUT' });
    const self = { what: 'flights@1', successor: 'flights@1' };
    await assert.rejects(bed.call('retirements.start', self), { code: 'INVALID_INPUT' });
  });

  it('archives it, and a fresh process answers a thousand logged predictions exactly alike', async () => {
    retired = await bed.call('retirements.start', {
      what: `${PROJECT}@1`,
      successor: `${PROJECT}@2`,
      reason: 'its successor is better',
    });
    assert.equal(retired['verdict'], 'pass', JSON.stringify(retired));
    const rows = await bed.db.query.selectFrom('evidence').select('id').orderBy('id').execute();
    const evidence = await listEvidence(
      bed.db,
      rows.map((row) => row.id),
    );
    const kinds = evidence.filter((one) => one.stage === 'decommissioning').map((one) => one.kind);
    assert.deepEqual(kinds.sort(), [
      'archive',
      'certificate',
      'dependants',
      'drain',
      'erasure',
      'restore-rehearsal',
    ]);
    const rehearsal = evidence.find((one) => one.kind === 'restore-rehearsal');
    assert.equal(rehearsal?.body['predictions'], 1_200);
    assert.equal(rehearsal.body['alike'], 1_200);
    const archived = evidence.find((one) => one.kind === 'archive');
    assert.equal(archived?.body['predictions_left_out'], 0);
    assert.ok(DAYS * PER_DAY > 1_200);
  });

  it('leaves a tombstone and a certificate in a ledger that holds, and no way back', async () => {
    const { items } = (await bed.call('retirements.list', {})) as { items: Record<string, unknown>[] };
    assert.equal(items.length, 1);
    assert.deepEqual(
      { ...items[0], at: 0 },
      {
        kind: 'version',
        name: 'flights@1',
        project: PROJECT,
        successor: 'flights@2',
        certificate: retired['certificate'],
        archiveId: retired['archive'],
        at: 0,
      },
    );
    const again = bed.call('retirements.start', { what: 'flights@1' });
    await assert.rejects(again, { code: 'GONE', hint: 'Use flights@2 instead.' });
    const ledger: string[] = [];
    for await (const line of exportLedger(bed.db)) ledger.push(line);
    assert.equal((await verifyLedger(ledger)).ok, true);
    const actions = ledger.slice(1).map((line) => (JSON.parse(line) as { action: string }).action);
    assert.ok(
      actions.includes('version.withdrawn') && actions.includes('version.retired'),
      actions.join(' '),
    );
    const routes = await bed.db.query.selectFrom('route').select('release_hash').execute();
    assert.deepEqual(
      routes.map((row) => row.release_hash),
      [bed.releases[1]],
    );
    const result = await bed.db.query
      .selectFrom('stage_result')
      .selectAll()
      .where('stage', '=', 'decommissioning')
      .executeTakeFirstOrThrow();
    assert.equal(result.verdict, 'pass');
    assert.match(result.reason, /^version flights@1 is retired, flights@2 follows; archive restored, 1,200/);
  });

  it('erases its bytes and keeps those of its successor, which answers all the while', async () => {
    const [first, second] = bed.releases;
    assert.equal(await bed.blobs.has(first), false);
    assert.equal(await bed.blobs.has(second), true);
    const versions = await bed.db.query
      .selectFrom('model_version')
      .select(['version', 'blob_hash', 'state'])
      .orderBy('version')
      .execute();
    assert.deepEqual(
      versions.map((row) => row.state),
      ['retired', 'registered'],
    );
    assert.equal(await bed.blobs.has(versions[0]?.blob_hash ?? ''), false);
    assert.equal(await bed.blobs.has(versions[1]?.blob_hash ?? ''), true);
    const cached = await bed.db.query.selectFrom('stage_cache').select('key').execute();
    assert.deepEqual(
      cached.map((row) => row.key),
      ['v2'],
    );
    assert.equal((await bed.ask()).status, 200);
  });

  it('restores from the file alone, with the state folder moved away', async () => {
    const { items } = (await bed.call('archives.list', {})) as { items: { hash: string; id: string }[] };
    const [archive] = items;
    assert.ok(archive !== undefined);
    assert.equal(archive.id, retired['archive']);
    cpSync(bed.blobs.path(archive.hash), join(folder.dir, 'flights-1.tend.tar'));
    await bed.stopPlane();
    const away = `${bed.state.stateDir}-away`;
    renameSync(bed.state.stateDir, away);
    try {
      const env = { TEND_DIR: join(folder.dir, 'nowhere') };
      const run = await runTend(
        ['archive', 'restore', 'flights-1.tend.tar', '--check', '--out', 'back', '--json'],
        {
          cwd: folder.dir,
          env,
        },
      );
      assert.equal(run.code, 0, run.err + run.out);
      const { check, hash } = run.data();
      assert.equal(hash, archive.hash);
      assert.equal(check.predictions, 1_200);
      assert.equal(check.alike, 1_200);
      assert.equal(check.releases[0].maxDifference, 0);
      const back = readdirSync(join(folder.dir, 'back')).sort();
      assert.deepEqual(back, ['blobs', 'features', 'manifest.json', 'records', 'sample', 'serve']);
      const verified = await runTend(['ledger', 'verify', 'back/records/ledger.jsonl'], {
        cwd: folder.dir,
        env,
      });
      assert.equal(verified.code, 0, verified.err);
      assert.equal(readFileSync(join(folder.dir, 'back/records/tend.yaml'), 'utf8'), 'name: flights\n');
      const files = JSON.parse(readFileSync(join(folder.dir, 'back/records/files.json'), 'utf8'));
      assert.deepEqual(files, { 'request.sql': 'select 1' });
      assert.equal(existsSync(join(folder.dir, 'nowhere')), false);
    } finally {
      renameSync(away, bed.state.stateDir);
    }
  });

  it('serves from the file alone', async () => {
    await using served = await startTend(['serve', 'flights-1.tend.tar'], { cwd: folder.dir });
    assert.match(served.ready, /^flight-delay answers at \S+\/predict\/flight-delay$/);
    const instance = { distance: 1_200, taxi: 12.5, carrier: 'AA', scheduled: '2001-03-21T10:30:00Z' };
    const response = await fetch(`${served.urls[0]}/predict/${ENDPOINT}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(instance),
    });
    assert.equal(response.status, 200);
    const answer = (await response.json()) as { prediction: number; version: string };
    assert.equal(answer.version, '1');
    // The linear model of the fixture, by hand; the table's row is that of the last boundary.
    const delay = 4.5 + (DAYS - 1) / 7;
    const km = Math.fround(1_200 * 1.609);
    const expected =
      10 + (0.5 * (km - 1_000)) / 400 + (2 * 2.5) / 5 + (0.25 * (10 - 12)) / 6 + (3 * (delay - 5)) / 2;
    assert.ok(Math.abs(answer.prediction - expected) < 1e-3, `${answer.prediction} ${expected}`);
  });

  it('refuses an archive that was changed or cut, and a folder that holds something', async () => {
    const bytes = readFileSync(join(folder.dir, 'flights-1.tend.tar'));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    folder.write('changed.tar', bytes);
    folder.write('cut.tar', bytes.subarray(0, 5_000));
    for (const file of ['changed.tar', 'cut.tar']) {
      for (const args of [
        ['archive', 'restore', file, '--check'],
        ['serve', file],
      ]) {
        const run = await folder.tend([...args, '--json'], { env: { TEND_SERVE_PORT: '0' } });
        assert.equal(run.code, 1, run.out + run.err);
        assert.match(run.error().message, /^the archive is damaged: /);
      }
    }
    const full = await folder.tend(['archive', 'restore', 'flights-1.tend.tar', '--out', 'back', '--json']);
    assert.equal(full.code, 6);
    assert.match(full.error().message, /back is not empty$/);
  });
});
