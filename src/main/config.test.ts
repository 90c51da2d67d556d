import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from './config.ts';

describe('readConfig()', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'tend-config-'));
    writeFileSync(join(dir, 'secret'), 'correct horse\n');
  });
  after(() => rmSync(dir, { recursive: true }));

  it('has the documented defaults', () => {
    const config = readConfig({}, dir);
    assert.deepEqual(
      [config.stateDir, config.host, config.port, config.servePort, config.url],
      [join(dir, '.tend'), '127.0.0.1', 4600, 4610, undefined],
    );
  });

  it('takes flags before the environment, and an empty variable for none', () => {
    const environment = {
      TEND_DIR: 'state',
      TEND_PORT: '1',
      TEND_SERVE_PORT: '',
      TEND_HOST: '::1',
      TEND_URL: '',
    };
    const config = readConfig(environment, dir, { port: 0 });
    assert.deepEqual(
      [config.stateDir, config.host, config.port, config.servePort, config.url],
      [join(dir, 'state'), '::1', 0, 4610, undefined],
    );
    assert.equal(readConfig(environment, dir, { dir: '/elsewhere' }).stateDir, '/elsewhere');
  });

  it('reads the first password from a file, without its line end', () => {
    const config = readConfig({ TEND_ADMIN_USER: 'ada', TEND_ADMIN_PASSWORD_FILE: join(dir, 'secret') }, dir);
    assert.deepEqual([config.adminUser, config.adminPassword], ['ada', 'correct horse']);
  });

  it('names the variable or flag at fault', () => {
    const cases: [Record<string, string>, { port?: number; servePort?: number; dir?: string }, RegExp][] = [
      [{ TEND_PORT: 'abc' }, {}, /^TEND_PORT: expected a port from 0 to 65535, came abc$/],
      [{ TEND_PORT: '1e9' }, {}, /^TEND_PORT: .*, came 1e9$/],
      [{ TEND_SERVE_PORT: '-1' }, {}, /^TEND_SERVE_PORT: /],
      [{}, { port: 65_536 }, /^--port: .*, came 65536$/],
      [{}, { servePort: 1.5 }, /^--serve-port: /],
      [{}, { dir: 'secret' }, /^expected a folder for the state, .*secret is a file$/],
      [{ TEND_ADMIN_USER: 'ada' }, {}, /^TEND_ADMIN_USER is set and TEND_ADMIN_PASSWORD .* is not/],
      [{ TEND_ADMIN_PASSWORD: 'x' }, {}, /^TEND_ADMIN_PASSWORD is set and TEND_ADMIN_USER is not/],
      [
        { TEND_ADMIN_USER: 'ada', TEND_ADMIN_PASSWORD_FILE: '/nowhere' },
        {},
        /^TEND_ADMIN_PASSWORD_FILE: cannot/,
      ],
    ];
    for (const [environment, flags, message] of cases) {
      assert.throws(() => readConfig(environment, dir, flags), { code: 'USAGE', message });
    }
  });
});
