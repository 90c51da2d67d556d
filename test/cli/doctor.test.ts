import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyProject, tinyProject } from '../tiny-project.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

describe('tend doctor', () => {
  it('finds nothing wrong with an empty folder, and leaves it empty', async () => {
    using folder = emptyProject();
    const run = await folder.tend(['doctor', '--json']);
    assert.equal(run.code, 0, run.out);
    const findings: readonly Finding[] = run.data().findings;
    assert.deepEqual(
      findings.map(({ check }) => check),
      ['Node', 'SQLite', 'state folder', 'room on disk', 'tend.yaml', 'control plane', 'data plane'],
    );
    assert.match(findings[2]?.detail ?? '', /\.tend will be made$/);
    assert.throws(() => folder.read('.tend/tend.db'), { code: 'ENOENT' });
  });

  it('fails where tend.yaml has mistakes, and says what lists them', async () => {
    using project = tinyProject('regression');
    project.edit('tend.yaml', 'kind: regression', 'kind: guesswork');
    const run = await project.tend(['doctor']);
    assert.equal(run.code, 1);
    assert.match(run.out, /^FAIL tend\.yaml: 1 mistake, see `tend validate`$/m);
    assert.match(run.out, /^ok {3}state folder: /m);
  });
});
