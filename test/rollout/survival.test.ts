import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { planeStatus } from '../../src/serve/plane-client.ts';
import { readSegments } from '../../src/serve/read-segments.ts';
import { processesNaming, until } from '../processes.ts';
import { type ServedFlights, servedFlights, traffic } from './served-flights.ts';

describe('an endpoint whose processes are killed under load', () => {
  let flights: ServedFlights;
  let dataPlane = '';
  const planePid = (): number => {
    return JSON.parse(readFileSync(join(flights.project.dir, '.tend/serve/plane.json'), 'utf8')).pid;
  };

  before(async () => {
    flights = await servedFlights();
    dataPlane = flights.server().urls[1] ?? '';
    await flights.applyApproved();
    await until('version 1 is deployed', async () => (await flights.stage('deployment')).verdict === 'pass');
  });
  after(() => flights[Symbol.asyncDispose]());

  it('answers every request while the control plane is killed; the next takes the rollout on', async () => {
    flights.project.change(['training', 'seed'], 8);
    flights.project.change(['deployment', 'rollout', 'bake'], '1500 predictions');
    await flights.applyApproved();
    const pid = planePid();
    await using requests = traffic(dataPlane);
    const bySecond = () => requests.versions.filter((version) => version === '2').length;
    await until('the candidate answers', () => bySecond() > 50);
    await flights.killAndStart();
    assert.equal(flights.server().urls[1], dataPlane);
    assert.equal(planePid(), pid, 'the plane is the one that ran before');
    assert.deepEqual(await flights.routes(), ['candidate 2 0.2', 'stable 1 0.8']);
    await until('it is promoted', async () => (await flights.stage('deployment')).verdict === 'pass');
    assert.deepEqual(await flights.routes(), ['stable 2 1', 'warm 1 0']);
    assert.deepEqual(requests.failures, []);
  });

  it('loses no acknowledged prediction when a serving worker is killed', async () => {
    const requests = traffic(dataPlane);
    for (let killed = 0; killed < 3; killed++) {
      const answered = requests.ids.length;
      await until('it answers', () => requests.ids.length > answered + 50);
      const [worker] = (await planeStatus(dataPlane)).workers;
      assert.ok(worker !== undefined);
      process.kill(worker.pid, 'SIGKILL');
    }
    const answered = requests.ids.length;
    await until('another worker answers', () => requests.ids.length > answered + 50);
    await requests[Symbol.asyncDispose]();
    const recorded = new Set<string>();
    for await (const { id } of readSegments(join(flights.project.dir, '.tend/segments'))) recorded.add(id);
    assert.deepEqual(
      requests.ids.filter((id) => !recorded.has(id)),
      [],
    );
  });

  it('answers again at the same address after its whole plane was killed', async () => {
    const pid = planePid();
    process.kill(pid, 'SIGKILL');
    await using requests = traffic(dataPlane);
    await until('it answers', () => requests.ids.length > 20);
    assert.notEqual(planePid(), pid);
  });

  it('leaves no process and no lock behind when the server is told to stop', async () => {
    assert.equal(await flights.server().stop('SIGTERM'), 0);
    await until('its processes are gone', () => processesNaming(flights.project.dir).length === 0);
    await assert.rejects(fetch(`${dataPlane}/health`));
    const run = await flights.tend(['status', '--json'], 'local');
    assert.equal(run.code, 0, run.err);
  });
});
