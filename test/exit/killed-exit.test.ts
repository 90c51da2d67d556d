import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { openArchive } from '../../src/lifecycle/decommissioning/index.ts';
import { exportLedger } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { exitBed, PROJECT } from './exit-bed.ts';

const PROGRAM = fileURLToPath(new URL('killed-exit.ts', import.meta.url));
/** A chain that does not end by itself kills at the same place again and again. */
const RESTARTS_MAX = 80;

describe('an exit that is killed before and after every commit', () => {
  it('comes to its end, does nothing twice, and leaves an archive that is whole', async () => {
    await using bed = await exitBed({ days: 2, perDay: 3 });
    await bed.stopPlane();
    const points = join(bed.state.stateDir, 'points');
    let restarts = 0;
    let end: { readonly state: string; readonly result: { readonly verdict: string } } | undefined;
    for (; restarts < RESTARTS_MAX && end === undefined; restarts++) {
      const args = [PROGRAM, bed.state.stateDir, `${PROJECT}@1`, points];
      const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
      if (child.signal === 'SIGKILL') continue;
      // Killed right after its last step, an exit is done: whoever asks again is told so.
      const gone = /was retired on/.test(child.stderr);
      assert.ok(gone || child.status === 0, child.stderr);
      end = gone ? { state: 'done', result: { verdict: 'pass' } } : JSON.parse(child.stdout);
    }
    assert.deepEqual([end?.state, end?.result.verdict], ['done', 'pass']);
    const killed = readFileSync(points, 'utf8').trim().split('\n');
    for (const step of ['dependants', 'drain', 'archive', 'rehearsal', 'retire', 'erase', 'certificate']) {
      for (const moment of ['before', 'after']) {
        assert.ok(
          killed.includes(`${moment} decommissioning.${step} done`),
          `${moment} ${step}: ${killed.join(', ')}`,
        );
      }
    }
    const evidence = await bed.db.query
      .selectFrom('evidence')
      .select(['stage', 'kind'])
      .orderBy('kind')
      .execute();
    assert.deepEqual(
      evidence.filter((row) => row.stage === 'decommissioning').map((row) => row.kind),
      ['archive', 'certificate', 'dependants', 'drain', 'erasure', 'restore-rehearsal'],
    );
    assert.equal((await verifyLedger(exportLedger(bed.db))).ok, true);
    const [tombstone] = await bed.db.query.selectFrom('tombstone').selectAll().execute();
    assert.notEqual(tombstone?.certificate, '');
    const archives = await bed.db.query.selectFrom('archive').selectAll().execute();
    assert.equal(archives.length, 1);
    await using archive = await openArchive(bed.blobs.path(archives[0]?.blob_hash ?? ''));
    assert.equal(archive.manifest.releases[0]?.predictions, 6);
    assert.equal(await bed.blobs.has(bed.releases[0]), false);
    assert.equal(await bed.blobs.has(bed.releases[1]), true);
    const executions = await bed.db.query
      .selectFrom('execution')
      .select('state')
      .where('workflow', '=', 'exit')
      .execute();
    assert.deepEqual(executions, [{ state: 'done' }]);
  });
});
