import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { emptyProject, tinyFiles, tinyProject } from '../tiny-project.ts';

describe('tend init', () => {
  it('writes a whole project that validates once its examples are there, and can be planned', async () => {
    using project = emptyProject();
    const init = await project.tend(['init', '--json']);
    assert.equal(init.code, 0, init.err);
    const written = ['.tend/schema.json', 'tend.yaml', 'request.sql', 'outcome.sql', '.gitignore'];
    assert.deepEqual(init.data().written, written);
    assert.equal(project.read('.gitignore'), '.tend/\n');
    assert.match(project.read('tend.yaml'), /^# yaml-language-server: \$schema=\.\/\.tend\/schema\.json\n/);
    const schema = JSON.parse(project.read('.tend/schema.json'));
    assert.match(schema.$schema, /json-schema\.org/);
    assert.ok(schema.required.includes('problem') && schema.additionalProperties === false);
    project.write('examples.csv', tinyFiles('regression')['examples.csv'] ?? '');
    const validate = await project.tend(['validate', '--json']);
    assert.deepEqual(validate.data(), { valid: true, files: ['request.sql', 'outcome.sql'] });
    const plan = await project.tend(['plan', '--json']);
    assert.equal(plan.code, 0, plan.err);
    assert.equal(plan.data().changes[0].action, 'create');
  });

  it('leaves what is there as it is, and adds what is missing', async () => {
    using project = tinyProject('regression');
    project.write('.gitignore', 'node_modules');
    const before = project.read('tend.yaml');
    rmSync(join(project.dir, 'outcome.sql'));
    const init = await project.tend(['init', '--json']);
    assert.deepEqual(init.data().written, ['.tend/schema.json', 'outcome.sql', '.gitignore']);
    assert.equal(project.read('tend.yaml'), before);
    assert.equal(project.read('.gitignore'), 'node_modules\n.tend/\n');
    const again = await project.tend(['init', '--json']);
    assert.deepEqual(again.data().written, ['.tend/schema.json']);
    assert.equal(project.read('.gitignore'), 'node_modules\n.tend/\n');
  });
});

describe('tend validate', () => {
  it('lists every mistake at once: line, column, frame, rule, value and the nearest known key', async () => {
    using project = tinyProject('classification');
    project.edit('tend.yaml', 'kind: classification', 'kind: clasification\nowners: me');
    project.edit('tend.yaml', 'trials: 2', 'trails: 2');
    project.edit('tend.yaml', 'rate: 50/s', 'rate: fifty');
    const { code, out, err } = await project.tend(['validate']);
    assert.equal(code, 3);
    assert.equal(out, '');
    const places = [...err.matchAll(/^tend\.yaml:(\d+):(\d+) {2}(\S+)/gm)].map((found) => found.slice(1));
    const line = (text: string): string =>
      String(
        project
          .read('tend.yaml')
          .split('\n')
          .findIndex((one) => one.startsWith(text)) + 1,
      );
    assert.deepEqual(places, [
      [line('kind'), '7', 'kind'],
      [line('owners'), '1', 'owners'],
      [line('training'), '11', 'training.trials'],
      [line('training'), '30', 'training.trails'],
      [line('testing'), '26', 'testing.load.rate'],
    ]);
    assert.match(err, /came "clasification"/);
    assert.match(err, /unknown key owners; did you mean owner\?\n.*\n.*\| owners: me\n +\| \^{6}\n/);
    assert.match(err, /unknown key trails; did you mean trials\?/);
    assert.match(err, /expected requests per second, such as 300\/s, came "fifty"\n/);
    assert.equal(err.match(/did you mean trials/g)?.length, 1, 'each mistake is told once');
    const json = await project.tend(['validate', '--json']);
    assert.equal(json.code, 3);
    const error = json.error() as { code: string; errors?: { path: string; message: string }[] };
    assert.equal(error.code, 'SPEC_INVALID');
    assert.deepEqual(
      error.errors?.map(({ path }) => path),
      places.map((place) => place[2]),
    );
    assert.ok(!existsSync(join(project.dir, '.tend')), 'validating needs no state');
  });

  it('names a declared file that is not there, and one that is a folder', async () => {
    using project = tinyProject('regression');
    rmSync(join(project.dir, 'request.sql'));
    const gone = await project.tend(['validate']);
    assert.equal(gone.code, 3);
    assert.match(gone.err, /^error: tend\.yaml names request\.sql, which is not there\nfix: .+\n$/);
    mkdirSync(join(project.dir, 'request.sql'));
    const folder = await project.tend(['validate']);
    assert.equal(folder.code, 2);
    assert.match(folder.err, /^error: cannot read request\.sql: it is a folder\nfix: .+\n$/);
  });

  it('says where there is no tend.yaml and what writes one', async () => {
    using project = emptyProject();
    for (const command of ['validate', 'plan', 'apply']) {
      const run = await project.tend([command, ...(command === 'apply' ? ['--yes'] : [])]);
      assert.equal(run.code, 3, command);
      assert.match(
        run.err,
        /^error: there is no tend\.yaml in \S+\nfix: `tend init` writes a first tend\.yaml\.\n$/,
      );
    }
  });
});
