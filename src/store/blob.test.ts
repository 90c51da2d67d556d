import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { type BlobStore, openBlobStore } from './blob.ts';

/** SHA-256 of `abc`: FIPS 180-2, appendix B.1. */
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const root = mkdtempSync(join(tmpdir(), 'tend-blob-'));
after(() => rmSync(root, { recursive: true, force: true }));

describe('a blob store', () => {
  let dir: string;
  let blobs: BlobStore;
  beforeEach(() => {
    dir = join(mkdtempSync(join(root, 'x-')), 'blobs');
    blobs = openBlobStore(dir);
  });

  test('a blob is known by the SHA-256 of its bytes and lies below its first two bytes', async () => {
    assert.deepEqual(await blobs.put(Buffer.from('abc')), { hash: ABC, sizeBytes: 3 });
    assert.equal(blobs.path(ABC), join(dir, 'sha256', 'ba', '78', ABC));
    assert.deepEqual(Buffer.from(await blobs.read(ABC)), Buffer.from('abc'));
    assert.equal(await blobs.has(ABC), true);
  });

  test('a stream and its bytes in one piece make the same blob', async () => {
    async function* pieces() {
      yield Buffer.from('a');
      yield Buffer.from('bc');
    }
    assert.deepEqual(await blobs.put(pieces()), { hash: ABC, sizeBytes: 3 });
  });

  test('nothing but the owner may read it, and nothing temporary is left', async () => {
    await blobs.put(Buffer.from('abc'));
    const path = blobs.path(ABC);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    for (const folder of [dirname(path), dirname(dirname(path)), join(dir, 'sha256'), dir]) {
      assert.equal(statSync(folder).mode & 0o777, 0o700);
    }
    assert.deepEqual(readdirSync(join(dir, 'tmp')), []);
  });

  test('a stream that breaks leaves no blob and nothing temporary', async () => {
    async function* broken() {
      yield Buffer.from('abc');
      throw new Error('cut');
    }
    await assert.rejects(blobs.put(broken()), { code: 'INTERNAL', message: 'cut' });
    assert.equal(await blobs.has(ABC), false);
    assert.deepEqual(readdirSync(join(dir, 'tmp')), []);
  });

  test('a damaged blob is reported, not returned; putting the same bytes mends it', async () => {
    await blobs.put(Buffer.from('abc'));
    truncateSync(blobs.path(ABC), 2);
    await assert.rejects(blobs.read(ABC), { code: 'STATE_UNREADABLE' });
    await blobs.put(Buffer.from('abc'));
    assert.deepEqual(Buffer.from(await blobs.read(ABC)), Buffer.from('abc'));
  });

  test('what is not a hash never becomes a path', async () => {
    for (const name of [
      '',
      '..',
      '../../etc/passwd',
      ABC.toUpperCase(),
      `${ABC}/`,
      `${ABC}\n`,
      ABC.slice(1),
    ]) {
      assert.throws(() => blobs.path(name), { code: 'INVALID_INPUT' }, name);
      await assert.rejects(blobs.read(name), { code: 'INVALID_INPUT' });
      await assert.rejects(blobs.has(name), { code: 'INVALID_INPUT' });
      await assert.rejects(blobs.delete(name), { code: 'INVALID_INPUT' });
    }
  });

  test('a blob that is not there is NOT_FOUND, and deleting it is no error', async () => {
    assert.throws(() => blobs.path(ABC), { code: 'NOT_FOUND' });
    await assert.rejects(blobs.read(ABC), { code: 'NOT_FOUND' });
    await blobs.delete(ABC);
    await blobs.put(Buffer.from('abc'));
    await blobs.delete(ABC);
    assert.equal(await blobs.has(ABC), false);
  });

  test('a file is copied in and stays, or is moved in and goes', async () => {
    const source = join(dirname(dir), 'source');
    writeFileSync(source, 'abc', { mode: 0o644 });
    assert.deepEqual(await blobs.putFile(source), { hash: ABC, sizeBytes: 3 });
    assert.equal(statSync(source).size, 3);
    assert.deepEqual(await blobs.putFile(source, { move: true }), { hash: ABC, sizeBytes: 3 });
    assert.throws(() => statSync(source), { code: 'ENOENT' });
    assert.equal(statSync(blobs.path(ABC)).mode & 0o777, 0o600);
    await assert.rejects(blobs.putFile(source), { code: 'SOURCE_UNREADABLE' });
  });

  test('many puts at once of the same and of other bytes all succeed', async () => {
    const refs = await Promise.all(
      Array.from({ length: 64 }, (_, i) => blobs.put(Buffer.from(String(i % 8)))),
    );
    assert.equal(new Set(refs.map((ref) => ref.hash)).size, 8);
  });
});
