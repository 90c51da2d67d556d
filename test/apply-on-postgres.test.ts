// needs: postgres
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startPostgres } from './postgres.ts';
import { tinyProject } from './tiny-project.ts';

describe('a project on PostgreSQL', () => {
  it('goes through the same stages to the same verdicts and hashes as on SQLite', async () => {
    await using server = await startPostgres();
    using onSqlite = tinyProject('classification');
    using onPostgres = tinyProject('classification');
    const env = { TEND_DATABASE_URL: await server.createDatabase() };
    const [first, second] = [
      await onSqlite.tend(['apply', '--yes', '--json']),
      await onPostgres.tend(['apply', '--yes', '--json'], { env }),
    ];
    assert.equal(second.code, first.code, second.err);
    assert.deepEqual(said(second.data()), said(first.data()));
    const again = await onPostgres.tend(['status', '--json'], { env });
    assert.deepEqual(said(again.data().projects[0]), said(second.data()));
  });
});

interface Said {
  readonly stages: readonly {
    stage: string;
    verdict: string;
    evidence: readonly { kind: string; subject: string }[];
  }[];
}

/** Verdicts, and what each piece of evidence is about. */
function said({ stages }: Said) {
  return stages.map(({ stage, verdict, evidence }) => ({
    stage,
    verdict,
    evidence: evidence.map(({ kind, subject }) => `${kind} ${subject}`),
  }));
}
