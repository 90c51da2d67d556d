import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from '../../src/store/build.ts';
import { openArchive } from '../../src/lifecycle/decommissioning/index.ts';
import { archiveRoute } from '../../src/lifecycle/decommissioning/archive-route.ts';
import { type ExitBed, exitBed, ENDPOINT, PROJECT } from './exit-bed.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2001, 0, 1);

describe('the exit of an endpoint, and then of its project', () => {
  let bed: ExitBed;
  let parts: { readonly old: string; readonly young: string };
  before(async () => {
    bed = await exitBed({ days: 5, perDay: 4 });
    const old = await bed.blobs.put(Buffer.from('predictions of long ago'));
    const young = await bed.blobs.put(Buffer.from('predictions of just now'));
    parts = { old: old.hash, young: young.hash };
    const now = Date.now();
    const part = (name: string, to: number, blob: string) => ({
      id: `prt_${name}`,
      project: PROJECT,
      endpoint: ENDPOINT,
      kind: 'predictions' as const,
      name,
      from_at: START,
      to_at: to,
      id_min: 'a',
      id_max: 'b',
      row_count: 10,
      blob_hash: blob,
      created_at: 0,
    });
    const rows = [part('old', now - 31 * DAY_MS, parts.old), part('young', now - 29 * DAY_MS, parts.young)];
    const partition = {
      project: PROJECT,
      dataset: 'd',
      name: 'p',
      version_hash: 'a'.repeat(64),
      content_hash: 'b'.repeat(64),
      blob_hash: (await bed.blobs.put(Buffer.from('rows of the source'))).hash,
      row_count: 1,
      quarantined: 0,
      reason: null,
      seq: 0,
    };
    await bed.db.commit({
      statements: [
        { query: build.insertInto('log_part').values(rows) },
        { query: build.insertInto('partition').values(partition) },
      ],
    });
  });
  after(() => bed[Symbol.asyncDispose]());

  it('answers 410 at the endpoint and keeps the versions, which are not retired', async () => {
    assert.equal((await bed.ask()).status, 200);
    const retired = await bed.call('retirements.start', { what: `endpoint:${ENDPOINT}`, reason: 'moved' });
    assert.equal(retired['verdict'], 'pass', JSON.stringify(retired));
    const { status, text } = await bed.ask();
    assert.equal(status, 410, text);
    for (const hash of bed.releases) assert.equal(await bed.blobs.has(hash), true);
  });

  it('keeps predictions as long as tend.yaml says and no longer', async () => {
    const left = await bed.db.query.selectFrom('log_part').select('name').execute();
    assert.deepEqual(
      left.map((row) => row.name),
      ['young'],
    );
    assert.equal(await bed.blobs.has(parts.old), false);
    assert.equal(await bed.blobs.has(parts.young), true);
  });

  it('is refused for the project while an execution of it is not finished', async () => {
    const input = { workflow: 'other', key: 'k', project: PROJECT, input: null, actor: 'local' };
    const id = await bed.engine.start(input);
    await assert.rejects(bed.call('retirements.start', { what: `project:${PROJECT}` }), {
      code: 'CONFLICT',
      message: `project flights is still used: other ${id} is queued`,
    });
    await bed.engine.cancel(id, 'local');
  });

  it('retires every version of the project, champion too, and erases what nothing else needs', async () => {
    const retired = await bed.call('retirements.start', { what: `project:${PROJECT}` });
    assert.equal(retired['verdict'], 'pass', JSON.stringify(retired));
    for (const hash of bed.releases) assert.equal(await bed.blobs.has(hash), false);
    const partition = await bed.db.query
      .selectFrom('partition')
      .select('blob_hash')
      .executeTakeFirstOrThrow();
    assert.equal(await bed.blobs.has(partition.blob_hash), false);
    assert.equal(existsSync(join(bed.state.featureDir, PROJECT)), false);
    const states = await bed.db.query.selectFrom('model_version').select('state').execute();
    assert.deepEqual(states, [{ state: 'retired' }, { state: 'retired' }]);
    const { items } = (await bed.call('archives.list', { project: PROJECT })) as {
      items: { id: string; kind: string; hash: string; predictions: number }[];
    };
    assert.deepEqual(
      items.map((item) => item.kind),
      ['project', 'endpoint'],
    );
    const [archive] = items;
    assert.equal(archive?.predictions, 20);
    await using opened = await openArchive(bed.blobs.path(archive.hash));
    assert.deepEqual(
      opened.manifest.releases.map(({ version }) => version),
      ['1', '2'],
    );
    assert.equal((await bed.ask()).status, 410);
  });

  it('gives the file of the archive over HTTP, and 404 for another', async () => {
    const { items } = (await bed.call('archives.list', {})) as { items: { id: string; sizeBytes: number }[] };
    const route = archiveRoute(bed);
    const request = { method: 'GET', query: new URLSearchParams(), headers: {}, body: new Uint8Array() };
    const ask = (id: string) =>
      route.handler({
        ...request,
        params: { id },
        principal: bed.operations.principal,
        signal: new AbortController().signal,
      });
    const answer = await ask(items[0]?.id ?? '');
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) bytes += chunk.length;
    assert.equal(bytes, items[0]?.sizeBytes);
    assert.equal((await ask('arc_none')).status, 404);
  });
});
