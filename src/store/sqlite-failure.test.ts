import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { systemPorts } from '../../test/ports.ts';
import { build } from './build.ts';
import { openSqlite } from './open-sqlite.ts';
import { type PreparedUnit, prepareUnit } from './prepared-unit.ts';
import { SqliteBatchWriter } from './sqlite-batch.ts';
import { isVersionSafe, openSqliteConnection } from './sqlite-connection.ts';

const root = mkdtempSync(join(tmpdir(), 'tend-failure-'));
after(() => rmSync(root, { recursive: true, force: true }));

const { clock } = systemPorts;

function unitOf(project: string, size: number): PreparedUnit {
  const row = { project, hash: 'h', document: '{}', source: 'x'.repeat(size), author: 'a', created_at: 1 };
  return prepareUnit(
    { query: build, dialect: 'sqlite' },
    { statements: [{ query: build.insertInto('project_revision').values(row) }] },
    1,
  );
}

describe('SQLite in trouble', () => {
  test('a full disk is DISK_FULL, loses nothing, and writing goes on once there is space', async () => {
    const path = join(root, 'full', 'tend.db');
    await (await openSqlite({ path, clock })).close();
    const connection = openSqliteConnection(path, { readOnly: false });
    const writer = new SqliteBatchWriter(connection);
    assert.deepEqual(writer.write([unitOf('before', 10)]), [{ ok: true }]);
    // The limit that SQLite itself can put on the file stands in for that of the disk: the same error,
    // SQLITE_FULL.
    const pages = Number(connection.prepare('pragma page_count').get()?.['page_count']);
    connection.exec(`pragma max_page_count = ${pages + 1}`);
    const outcomes = writer.write([unitOf('big', 1_000_000), unitOf('small', 10)]);
    assert(outcomes[0]?.ok === false && outcomes[0].error.code === 'DISK_FULL');
    connection.exec('pragma max_page_count = 1000000');
    assert.deepEqual(writer.write([unitOf('after', 1_000_000)]), [{ ok: true }]);
    const projects = connection.prepare('select project from project_revision order by project').all();
    const small = outcomes[1]?.ok === true ? ['small'] : [];
    assert.deepEqual(
      projects.map((row) => row['project']),
      ['after', 'before', ...small].sort(),
    );
    connection.close();
  });

  test('after an I/O error every commit rejects, and the owner is told once', () => {
    const path = join(root, 'broken', 'tend.db');
    // A limit on the size of files makes the write of a large row fail, while small ones would still fit.
    const result = runChild(
      `
      let fatal = 0;
      const db = await openSqlite({ path: ${JSON.stringify(path)}, clock, onFatal: () => fatal++ });
      const codes = [];
      for (const size of [10, 3_000_000, 10]) {
        const source = 'x'.repeat(size);
        const project = 'p' + codes.length;
        const row = { project, hash: 'h', document: '{}', source, author: 'a', created_at: 1 };
        const unit = { statements: [{ query: build.insertInto('project_revision').values(row) }] };
        codes.push(await db.commit(unit).then(() => 'ok', (error) => error.code));
      }
      console.log(JSON.stringify({ codes, fatal }));
      process.exit();`,
      ['prlimit', '--fsize=2000000', '--'],
    );
    assert.deepEqual(result, { codes: ['ok', 'STATE_UNREADABLE', 'STATE_UNREADABLE'], fatal: 1 });
  });

  test('a folder that cannot be written is STATE_READ_ONLY', () => {
    const dir = mkdtempSync(join(root, 'read-only-'));
    chmodSync(root, 0o755);
    chmodSync(dir, 0o555);
    // Root may write everywhere.
    const nobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups', '--'] : [];
    const path = JSON.stringify(join(dir, 'state', 'tend.db'));
    const open = `await openSqlite({ path: ${path}, clock }).then(() => 'ok', (error) => error.code)`;
    assert.equal(runChild(`console.log(JSON.stringify(${open}));`, nobody), 'STATE_READ_ONLY');
  });

  test('a file that is no database is STATE_UNREADABLE', async () => {
    await assert.rejects(openSqlite({ path: import.meta.filename, clock }), { code: 'STATE_UNREADABLE' });
  });

  test('an SQLite that may corrupt its file is refused', () => {
    assert.deepEqual(['3.51.2', '3.50.9', '2.99.99', '3.51.3', '3.52.0', '4.0.0'].map(isVersionSafe), [
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

/** Runs a program with the store at hand and answers the JSON it prints. */
function runChild(program: string, prefix: readonly string[]): unknown {
  const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
  const source = `
    const { openSqlite } = await import(${url('./open-sqlite.ts')});
    const { build } = await import(${url('./build.ts')});
    const clock = { now: () => Date.now(), monotonic: () => performance.now() };
    ${program}`;
  const command = [...prefix, process.execPath, '--input-type=module', '-e', source];
  const child = spawnSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' });
  assert.equal(child.status, 0, child.stderr);
  return JSON.parse(child.stdout);
}
