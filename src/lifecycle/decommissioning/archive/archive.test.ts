import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TendError } from '../../../kernel/error.ts';
import { canonicalJson, sha256 } from '../../../kernel/hash.ts';
import { seededRandom } from '../../../learn/random.ts';
import { openBlobStore } from '../../../store/blob.ts';
import { type ArchiveHead, MANIFEST_NAME, SUMS_NAME } from './archive-manifest.ts';
import { openArchive } from './open-archive.ts';
import { BLOCK, paddingOf, tarHeader } from './tar-header.ts';
import { textEntry, writeArchive } from './write-archive.ts';

const MODEL = Buffer.from('a model that is no model, for an archive that nobody serves');
const HEAD: ArchiveHead = {
  kind: 'version',
  subject: 'm@1',
  project: 'm',
  successor: 'm@2',
  tend: '0.0.0-test',
  releases: [],
  endpoints: [],
  data: [{ dataset: 'd', hash: 'd'.repeat(64), rows: 3 }],
};
const ENTRIES = [
  textEntry(`blobs/${sha256(MODEL)}`, MODEL.toString()),
  textEntry('records/ledger.jsonl', '{"entry":1}\n'.repeat(100)),
  textEntry('records/empty.json', ''),
  textEntry('sample/1.jsonl', 'x'.repeat(BLOCK)),
];

/** In the first header: its name, its mode, its kind, its last byte; and the first byte behind it. */
const HEADER_PLACES = [0, 100, 156, BLOCK - 1, BLOCK];

let dir: string;
let path: string;
let bytes: Buffer;

/** Opens these bytes as an archive; the error that it is refused with. */
async function refusal(changed: Uint8Array): Promise<TendError> {
  const file = join(dir, 'changed');
  writeFileSync(file, changed);
  try {
    await using opened = await openArchive(file);
    throw new Error(`${opened.manifest.subject} was opened`);
  } catch (error) {
    assert.ok(error instanceof TendError, String(error));
    return error;
  }
}

/** An archive put together by hand from a manifest that its writer would refuse. */
function forged(manifest: unknown, names: readonly string[]): Buffer {
  const said = Buffer.from(canonicalJson(manifest));
  const file = (name: string, body: Uint8Array): Uint8Array[] => [
    tarHeader(name, body.byteLength),
    body,
    Buffer.alloc(paddingOf(body.byteLength)),
  ];
  const sums = [[MANIFEST_NAME, said] as const, ...names.map((name) => [name, MODEL] as const)]
    .map(([name, body]) => `${sha256(body)}  ${name}\n`)
    .join('');
  return Buffer.concat([
    ...file(MANIFEST_NAME, said),
    ...names.flatMap((name) => file(name, MODEL)),
    ...file(SUMS_NAME, Buffer.from(sums)),
    Buffer.alloc(2 * BLOCK),
  ]);
}

describe('an archive', () => {
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'tend-archive-'));
    const blobs = openBlobStore(join(dir, 'blobs'));
    path = blobs.path((await writeArchive(blobs, HEAD, ENTRIES)).hash);
    bytes = readFileSync(path);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('gives back what was put in, under the hash of the whole file', async () => {
    await using opened = await openArchive(path);
    assert.deepEqual(
      { ...opened.manifest, files: opened.manifest.files.map(({ name }) => name) },
      { ...HEAD, format: 'tend.archive/v1', files: ENTRIES.map(({ name }) => name).sort() },
    );
    for (const { name, read } of ENTRIES) {
      assert.deepEqual(Buffer.from(await opened.read(name)), Buffer.from(await read()), name);
    }
    assert.equal(opened.hash, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(opened.has('records/none.json'), false);
    await assert.rejects(opened.read('records/none.json'), { code: 'NOT_FOUND' });
  });

  it('is the same file whatever the order of what is put in', async () => {
    const blobs = openBlobStore(join(dir, 'again'));
    const { hash } = await writeArchive(blobs, HEAD, ENTRIES.toReversed());
    assert.deepEqual(readFileSync(blobs.path(hash)), bytes);
  });

  it('is read by the tools that everybody has', () => {
    const folder = join(dir, 'unpacked');
    execFileSync('mkdir', ['-p', folder]);
    execFileSync('tar', ['-xf', path, '-C', folder]);
    const said = execFileSync('sha256sum', ['--check', '--strict', SUMS_NAME], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(said.trim().split('\n').length, ENTRIES.length + 1);
  });

  it('is refused with any byte flipped, wherever it lies', async () => {
    const random = seededRandom(5);
    const places = [
      ...Array.from({ length: 300 }, () => random.below(bytes.length)),
      ...HEADER_PLACES,
      bytes.length - 1,
      bytes.length - 2 * BLOCK,
    ];
    for (const at of places) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
      const { code, message } = await refusal(changed);
      assert.match(code, /^(?:STATE_UNREADABLE|INVALID_INPUT)$/, `byte ${at}`);
      assert.match(message, /^(?:the archive is damaged|this is no archive): /, `byte ${at}`);
    }
  });

  it('is refused when it is cut anywhere, or something stands behind its end', async () => {
    const random = seededRandom(6);
    const lengths = [
      ...Array.from({ length: 100 }, () => random.below(bytes.length)),
      ...HEADER_PLACES,
      bytes.length - 1,
      bytes.length - BLOCK,
    ];
    for (const length of lengths) {
      const { message } = await refusal(bytes.subarray(0, length));
      assert.match(message, /^(?:the archive is damaged|this is no archive): /, `${length} bytes`);
    }
    const more = Buffer.concat([bytes, Buffer.alloc(BLOCK)]);
    assert.match((await refusal(more)).message, /it was cut or added to$/);
  });

  it('is refused with a name that leads elsewhere, stands twice or out of order', async () => {
    const file = (name: string) => ({ name, size: MODEL.byteLength, sha256: sha256(MODEL) });
    const manifest = { ...HEAD, format: 'tend.archive/v1' };
    const cases: [string[], RegExp][] = [
      [['../outside'], /expected a name that an archive has/],
      [['/etc/passwd'], /expected a name that an archive has/],
      [['records/../../x.json'], /expected a name that an archive has/],
      [['blobs/..'], /expected a name that an archive has/],
      [['features/1/1/../1.json'], /expected a name that an archive has/],
      [['records/a.json\u0000.json'], /expected a name that an archive has/],
      [[`blobs/${'0'.repeat(64)}`], /another hash than its name/],
      [['records/a.json', 'records/a.json'], /out of order/],
      [['records/b.json', 'records/a.json'], /out of order/],
    ];
    for (const [names, why] of cases) {
      const { code, message } = await refusal(forged({ ...manifest, files: names.map(file) }, names));
      assert.equal(code, 'STATE_UNREADABLE');
      assert.match(message, why);
    }
  });

  it('is refused as what it is when it is another file', async () => {
    assert.equal((await refusal(Buffer.from('x1,x2\n1,2\n'))).code, 'INVALID_INPUT');
    assert.equal((await refusal(Buffer.alloc(10_000))).code, 'INVALID_INPUT');
    await assert.rejects(openArchive(join(dir, 'none')), { code: 'NOT_FOUND' });
    await assert.rejects(openArchive(dir), { code: 'USAGE' });
  });
});
