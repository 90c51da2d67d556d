import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { acquireFolderLock, FolderOwnedError } from './lock.ts';

const root = mkdtempSync(join(tmpdir(), 'tend-lock-'));
after(() => rmSync(root, { recursive: true, force: true }));

describe('acquireFolderLock()', () => {
  test('refuses a second owner and says where the first one is, until the first lets go', () => {
    const dir = join(root, 'a');
    const first = acquireFolderLock(dir, { url: 'http://127.0.0.1:4600' });
    assert.throws(() => acquireFolderLock(dir, {}), {
      code: 'FOLDER_OWNED',
      message: /owned by http:\/\/127\.0\.0\.1:4600$/,
    });
    first.update({ url: 'http://127.0.0.1:4700' });
    assert.throws(
      () => acquireFolderLock(dir, {}),
      (error) => error instanceof FolderOwnedError && error.owner?.['url'] === 'http://127.0.0.1:4700',
    );
    first[Symbol.dispose]();
    acquireFolderLock(dir, {})[Symbol.dispose]();
  });

  test('an owner that is killed with SIGKILL leaves nothing in the way', { timeout: 20_000 }, async () => {
    const dir = join(root, 'b');
    const module = new URL('./lock.ts', import.meta.url).href;
    const program = `
      const { acquireFolderLock } = await import(${JSON.stringify(module)});
      globalThis.held = acquireFolderLock(${JSON.stringify(dir)}, { url: 'http://dead' });
      console.log('held');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    assert.throws(() => acquireFolderLock(dir, {}), { code: 'FOLDER_OWNED', message: /http:\/\/dead/ });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    acquireFolderLock(dir, {})[Symbol.dispose]();
  });
});
