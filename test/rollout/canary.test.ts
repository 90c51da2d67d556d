import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { until } from '../processes.ts';
import { type ServedFlights, servedFlights, traffic } from './served-flights.ts';

describe('versions of a model on their way to an endpoint, under a server with traffic', () => {
  let flights: ServedFlights;
  let dataPlane = '';

  before(async () => {
    flights = await servedFlights();
    dataPlane = flights.server().urls[1] ?? '';
  });
  after(() => flights[Symbol.asyncDispose]());

  it('the first waits for the one who has to approve it, then takes all traffic', async () => {
    const run = await flights.tend(['apply', '--yes', '--json']);
    assert.equal(run.code, 0, run.err);
    const [, approval = ''] = /approval by ml-lead \(tend approve (\w+)\)/.exec(run.data().waiting) ?? [];
    assert.equal((await flights.stage('deployment')).verdict, 'waiting');
    for (const as of ['author', 'local'] as const) {
      const refused = await flights.tend(['approve', approval], as);
      assert.equal(refused.code, 5, refused.err);
    }
    assert.equal((await flights.tend(['approve', approval], 'lead')).code, 0);
    // Nobody asks again: the decision itself wakes the execution in the server.
    await until('it is deployed', async () => (await flights.stage('deployment')).verdict === 'pass');
    assert.deepEqual(await flights.routes(), ['stable 1 1']);
  });

  it('the second waits without traffic and says how much is missing', async () => {
    flights.project.change(['training', 'seed'], 8);
    const { waiting } = await flights.applyApproved();
    assert.equal(waiting, 'canary at 20%: 20 more predictions on version 2 at flight-delay');
    const { verdict, reason } = await flights.stage('deployment');
    assert.equal(verdict, 'waiting');
    assert.match(reason, /canary at 20%: 20 predictions on version 2 at flight-delay/);
    assert.deepEqual(await flights.routes(), ['candidate 2 0.2', 'stable 1 0.8']);
  });

  it('goes on by itself when traffic comes, in the declared shares, without a failed request', async () => {
    const requests = traffic(dataPlane);
    await until('it is deployed', async () => (await flights.stage('deployment')).verdict === 'pass');
    await requests[Symbol.asyncDispose]();
    assert.deepEqual(requests.failures, []);
    assert.deepEqual(await flights.routes(), ['stable 2 1', 'warm 1 0']);
    const share = requests.versions.slice(0, 100).filter((version) => version === '2').length;
    assert.ok(share >= 18 && share <= 22, `${share} of the first hundred went to version 2`);
  });

  it('applied once more, runs nothing again', async () => {
    const stages = ['problem', 'data', 'training', 'evaluation', 'testing', 'deployment'];
    const evidence = () => Promise.all(stages.map(async (stage) => (await flights.stage(stage)).evidence));
    const known = await evidence();
    const run = await flights.tend(['apply', '--yes', '--json']);
    assert.deepEqual([run.code, run.data().waiting], [0, null]);
    assert.deepEqual(await evidence(), known);
    const planned = (await flights.tend(['plan', '--json'])).data();
    assert.deepEqual(
      planned.stages.filter((stage: { run: boolean }) => stage.run),
      [],
    );
  });

  it('one command gives the version before all traffic, and once more the other', async (t: TestContext) => {
    await using requests = traffic(dataPlane);
    for (const version of ['1', '2']) {
      const asked = performance.now();
      const run = await flights.tend(['models', 'rollback', 'flight-delay', '--json'], 'local');
      const answered = performance.now();
      assert.deepEqual([run.code, run.data().version], [0, version]);
      const seen = requests.versions.length;
      await until('it answers alone', () => requests.versions.slice(-20).every((one) => one === version));
      const first = requests.versions.lastIndexOf(version === '1' ? '2' : '1') + 1;
      const late = Math.max(0, first - seen);
      const elapsed = (answered - asked).toFixed(0);
      t.diagnostic(
        `to version ${version}: the command took ${elapsed} ms, ${late} requests later it answers alone`,
      );
    }
    assert.deepEqual(requests.failures, []);
  });

  it('a version that went back is taken up again by the next apply, past the gate', async () => {
    assert.equal((await flights.tend(['models', 'rollback', 'flight-delay'], 'local')).code, 0);
    const planned = (await flights.tend(['plan', '--json'])).data();
    const runs = planned.stages.filter((stage: { run: boolean }) => stage.run);
    assert.deepEqual(
      runs.map(({ stage, reason }: { stage: string; reason: string }) => [stage, reason]),
      [
        ['deployment', 'version 2 does not answer at flight-delay'],
        ['monitoring', 'deployment runs'],
        ['governance', 'deployment runs'],
      ],
    );
    await using _ = traffic(dataPlane);
    await flights.applyApproved();
    await until('it is deployed', async () => (await flights.stage('deployment')).verdict === 'pass');
    assert.deepEqual(await flights.routes(), ['stable 2 1', 'warm 1 0']);
  });

  it('another source takes a candidate back that it leaves behind', async () => {
    flights.project.change(['training', 'seed'], 9);
    await flights.applyApproved();
    assert.deepEqual(await flights.routes(), ['candidate 3 0.2', 'stable 2 0.8']);
    flights.project.change(['training', 'seed'], 8);
    await flights.tend(['apply', '--yes']);
    assert.deepEqual(await flights.routes(), ['stable 2 1', 'warm 1 0']);
    assert.equal((await flights.stage('deployment')).verdict, 'pass');
  });
});
