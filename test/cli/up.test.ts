import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTend } from '../tend-process.ts';
import { emptyProject } from '../tiny-project.ts';

describe('tend up', () => {
  it('is ready in an empty folder with one line, answers on both planes, and ends on Ctrl-C', async () => {
    using folder = emptyProject();
    await using server = await startTend(['up'], { cwd: folder.dir });
    const [control = '', data = ''] = server.urls;
    assert.match(
      server.ready,
      /^tend \d+\.\d+\.\d+ is ready: http:\S+, predictions at http:\S+; open to this/,
    );
    assert.deepEqual(
      server.urls.map((url) => new URL(url).hostname),
      ['127.0.0.1', '127.0.0.1'],
    );
    for (const url of [control, data]) {
      for (const path of ['/health', '/ready'])
        assert.equal((await fetch(url + path)).status, 200, url + path);
    }
    assert.deepEqual(await (await fetch(`${control}/api/tend/v1/status`)).json(), { projects: [] });
    assert.deepEqual((await folder.tend(['status', '--json'])).data(), { projects: [] });
    const second = await folder.tend(['up'], { env: { TEND_PORT: '0', TEND_SERVE_PORT: '0' } });
    assert.equal(second.code, 6);
    assert.match(second.err, new RegExp(`owned by ${control}\nfix: `));
    assert.equal(await server.stop('SIGINT'), 0);
    assert.equal(server.out(), `${server.ready}\n`, 'the ready line is all there is');
    assert.equal(server.err(), '');
    await assert.rejects(fetch(`${data}/health`), 'the data plane went with it');
  });

  it('leaves the data plane out with --no-serve, and refuses a port that is taken', async () => {
    using folder = emptyProject();
    await using server = await startTend(['up', '--no-serve', '--port', '0'], { cwd: folder.dir });
    assert.equal(server.urls.length, 1);
    assert.doesNotMatch(server.ready, /predictions/);
    using other = emptyProject();
    const port = new URL(server.urls[0] ?? '').port;
    const taken = await other.tend(['up', '--no-serve', '--port', port]);
    assert.equal(taken.code, 6);
    assert.match(
      taken.err,
      new RegExp(`^error: something listens on 127\\.0\\.0\\.1:${port} already\nfix: `),
    );
  });

  it('keeps standard output for the result with --json', async () => {
    using folder = emptyProject();
    const server = await startTend(['up', '--no-serve', '--json'], { cwd: folder.dir });
    assert.match(server.ready, /is ready/);
    assert.equal(server.out(), '');
    assert.equal(await server.stop(), 0);
    const { data } = JSON.parse(server.out());
    assert.deepEqual(data, { url: server.urls[0], dataPlane: null });
  });
});
