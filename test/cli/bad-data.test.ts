import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type TinyProject, tinyFiles, tinyProject } from '../tiny-project.ts';

const FILES = tinyFiles('classification');
const CSV = FILES['examples.csv'] ?? '';
const AS_PARQUET = ['type: csv', 'type: parquet'] as const;

/** Files that differ from those of the project that was applied; null: not there. */
interface Case {
  readonly files?: Readonly<Record<string, string | null>>;
  readonly spec?: readonly [from: string, to: string];
  readonly code: number;
  readonly message: RegExp;
}

const BAD_FILES: Readonly<Record<string, Case>> = {
  'a source that is not there': {
    files: { 'examples.csv': null },
    code: 1,
    message:
      /^error: there is no file behind examples\.csv; looked for \S+examples\.csv\nfix: Check the uri/m,
  },
  'no Parquet file at all': {
    spec: AS_PARQUET,
    code: 1,
    message: /^error: source examples: .*No magic bytes.*examples\.csv/m,
  },
  'a Parquet file that was cut': {
    files: { 'examples.csv': `PAR1${'x'.repeat(2_000)}` },
    spec: AS_PARQUET,
    code: 1,
    message: /^error: source examples: .*No magic bytes.*examples\.csv/m,
  },
  'a CSV file with ragged rows': {
    files: { 'examples.csv': CSV.replace('\n', '\n1,2\n1,2,3,4,5,6\n') },
    code: 1,
    message: /^error: source examples: .*examples\.csv/m,
  },
  'an empty file': {
    files: { 'examples.csv': '' },
    code: 3,
    message: /^error: contract of examples: there is no column y; /m,
  },
  'a column that changed its type under a check': {
    files: { 'examples.csv': CSV.replace(/\n[^,]+,/, '\nn/a,') },
    code: 1,
    message: /^error: source examples: expected the column types .*, came x1 is string, it was number\n/m,
  },
  'a target that changed its type': {
    files: { 'examples.csv': CSV.replace(/,(true|false)\n/, ',maybe\n') },
    code: 1,
    message: /^error: source examples: expected the column types .*, came y is string, it was boolean\n/m,
  },
  'a target that is never known': {
    files: { 'examples.csv': CSV.replaceAll(/,(true|false)\n/g, ',\n') },
    code: 1,
    message: /^error: no row of examples was accepted: all: 400 rows break: y is not null\n/m,
  },
  'a target of one class only': {
    files: { 'examples.csv': CSV.replaceAll(/,(true|false)\n/g, ',true\n') },
    code: 1,
    message: /^error: every training row has the same outcome: nothing to learn\n/m,
  },
};

const BAD_DECLARATIONS: Readonly<Record<string, Case>> = {
  'a declared SQL file that is not there': {
    files: { 'outcome.sql': null },
    code: 3,
    message: /^error: tend\.yaml names outcome\.sql, which is not there\n/m,
  },
  'SQL that does not parse': {
    files: { 'request.sql': 'select x1,\n  x2 +\nfrom examples\n' },
    code: 3,
    message: /^error: request\.sql: syntax error at or near "from"/m,
  },
  'SQL that names an unknown column': {
    files: { 'request.sql': 'select x1,\n  xx2 as z\nfrom examples\n' },
    code: 3,
    message: /^error: request\.sql, z: .*xx2.*\bx2\b/m,
  },
  'a contract about an unknown column': {
    spec: ['column: x1', 'column: x11'],
    code: 3,
    message: /^error: contract of examples: there is no column x11; did you mean x1\?\n/m,
  },
  'more rows required than there are': {
    spec: ['rows: 100', 'rows: 1_000'],
    code: 1,
    message: /^data +fail +expected at least 1000 rows with an outcome, found 400$/m,
  },
};

/**
 * A status without the evidence of governance: its documents tell what was declared since, and are written
 * anew.
 */
function withoutDocuments(status: unknown): unknown {
  const { projects } = status as { projects: { stages: { stage: string; evidence: unknown[] }[] }[] };
  return projects.map((project) => ({
    ...project,
    stages: project.stages.map((one) => (one.stage === 'governance' ? { ...one, evidence: [] } : one)),
  }));
}

describe('data or a declaration that cannot be carried out', () => {
  let project: TinyProject;
  let first: unknown;
  before(async () => {
    project = tinyProject('classification');
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    first = withoutDocuments((await project.tend(['status', '--json'])).data());
  });
  after(() => project[Symbol.dispose]());

  const lay = (files: Readonly<Record<string, string | null>>): void => {
    for (const [name, text] of Object.entries({ ...FILES, ...files })) {
      if (text === null) rmSync(join(project.dir, name));
      else project.write(name, text);
    }
  };

  for (const [what, { files = {}, spec, code, message }] of Object.entries({
    ...BAD_FILES,
    ...BAD_DECLARATIONS,
  })) {
    it(`${what}: one message, exit ${code}, no stack trace`, async () => {
      lay(files);
      if (spec !== undefined) project.edit('tend.yaml', ...spec);
      const run = await project.tend(['apply', '--yes']);
      assert.equal(run.code, code, run.out + run.err);
      assert.match(run.err, message);
      assert.doesNotMatch(run.err, /^ {4}at |defect in Tend/m);
      assert.ok((run.err.match(/^error: /gm)?.length ?? 0) <= 1, run.err);
    });
  }

  it('leaves a folder from which the corrected project goes on, with all it had', async () => {
    lay({});
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    assert.deepEqual(withoutDocuments((await project.tend(['status', '--json'])).data()), first);
    assert.equal((await project.tend(['ledger', 'verify'])).code, 0);
  });
});
