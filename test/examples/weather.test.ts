import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { compileRelease, type ReleaseDecider } from '../../src/decide/release-decider.ts';
import { releaseManifestSchema } from '../../src/decide/release.ts';
import { STAGES } from '../../src/kernel/verdict.ts';
import { openBlobStore } from '../../src/store/blob.ts';
import { startTend } from '../tend-process.ts';
import { copyExample, type ExampleCopy } from './copy-example.ts';

const evidence = z.object({ id: z.string(), kind: z.string(), subject: z.string(), hash: z.string() });
const stages = z.array(
  z.object({ stage: z.string(), verdict: z.string(), reason: z.string(), evidence: z.array(evidence) }),
);
const status = z.object({ projects: z.tuple([z.object({ name: z.string(), stages })]) });
const plan = z.object({
  changes: z.array(z.object({ action: z.string(), stage: z.string(), subject: z.string() })),
  stages: z.array(z.object({ stage: z.string(), run: z.boolean(), reason: z.string() })),
});
const versions = z.object({ items: z.tuple([z.object({ version: z.int(), manifest: z.string() })]) });

const CARRIED_OUT = ['problem', 'data', 'training', 'evaluation', 'testing', 'deployment'];
const SHA256 = /^[0-9a-f]{64}$/;

/** Requests as a client of the nursery would send them. */
const DAYS = [
  { date: '2015-07-15', location: 'New York', temp_min: 21.5 },
  { date: '2012-01-03', location: 'Seattle', temp_min: -2 },
  { date: '2014-10-31T00:00:00Z', location: 'Seattle', temp_min: 9.4 },
  { date: '2013-02-28', location: 'Reykjavik', temp_min: -30 },
];

describe('the weather example: a regression without clock, tables or approval', () => {
  let copy: ExampleCopy;
  let first: z.output<typeof stages>;

  const showStages = async (): Promise<z.output<typeof stages>> => {
    const run = await copy.tend(['status', '--json']);
    assert.equal(run.code, 0, run.err);
    return status.parse(run.data()).projects[0].stages;
  };
  const showPlan = async (): Promise<z.output<typeof plan>> => {
    const run = await copy.tend(['plan', '--json']);
    assert.equal(run.code, 0, run.err);
    return plan.parse(run.data());
  };

  before(async () => {
    copy = copyExample('weather');
    const applied = await copy.tend(['apply', '--yes', '--json']);
    assert.equal(applied.code, 0, applied.err);
    first = await showStages();
  });
  after(() => copy[Symbol.dispose]());

  test('all ten stages are shown in order, and the six that are carried out pass', () => {
    assert.deepEqual(
      first.map((one) => one.stage),
      STAGES,
    );
    const passed = first.filter((one) => one.verdict === 'pass').map((one) => one.stage);
    assert.deepEqual(
      passed.filter((stage) => CARRIED_OUT.includes(stage)),
      CARRIED_OUT,
    );
    assert.ok(first.every((one) => one.verdict !== 'fail' && one.verdict !== 'waiting'));
  });

  test('each stage that was carried out leaves evidence with id, content hash and subject', () => {
    const all = first.flatMap((one) => one.evidence);
    for (const { id, subject, hash } of all) {
      assert.match(id, /^evd_[0-9a-z]+$/i);
      assert.match(subject, SHA256);
      assert.match(hash, SHA256);
    }
    assert.equal(new Set(all.map((one) => one.id)).size, all.length);
    for (const stage of CARRIED_OUT) assert.ok(evidenceOf(first, stage).length > 0, stage);
    const tests = evidenceOf(first, 'testing').map((one) => one.kind);
    const kinds = ['unit', 'integration', 'coverage', 'performance', 'load', 'privacy', 'security', 'bias'];
    assert.deepEqual(
      tests,
      kinds.map((kind) => `test-${kind}`),
    );
    const [model] = evidenceOf(first, 'training');
    assert.ok(evidenceOf(first, 'testing').every((one) => one.subject === model?.subject));
  });

  test('the contract finds the one day of snow after a warm night and sets it aside', () => {
    const data = first.find((one) => one.stage === 'data');
    assert.match(data?.reason ?? '', /2,921 rows accepted, 1 rows and 0 partitions set aside/);
  });

  test('a plan of what is there changes nothing, and --detailed agrees', async () => {
    const { changes, stages: planned } = await showPlan();
    assert.deepEqual(changes, []);
    assert.deepEqual(
      planned.filter((one) => one.run),
      [],
    );
    for (const one of planned) if (CARRIED_OUT.includes(one.stage)) assert.equal(one.reason, 'unchanged');
    assert.equal((await copy.tend(['plan', '--detailed', '--json'])).code, 0);
  });

  test('applying again runs no stage: every piece of evidence is the one of before', async () => {
    const again = await copy.tend(['apply', '--yes', '--json']);
    assert.equal(again.code, 0, again.err);
    assert.deepEqual(await showStages(), first);
  });

  test('a served answer is what the release gives for the same day', async () => {
    const release = await openRelease(copy);
    const expected = release.decide(DAYS.map((day) => release.prepare(day, 0)));
    await using server = await startTend(['up'], { cwd: copy.dir });
    const [control, data] = server.urls;
    const answer = await predict(data, { instances: DAYS });
    assert.deepEqual(answer.predictions, [...expected]);
    const single = await predict(data, DAYS[1]);
    assert.equal(single.prediction, expected[1]);
    assert.equal(single.version, '1');
    assert.ok(Number(answer.predictions?.[0]) > 24 && Number(answer.predictions?.[1]) < 10);
    for (const url of [control, data]) {
      for (const path of ['health', 'ready']) assert.equal((await fetch(`${url}/${path}`)).status, 200);
    }
    assert.deepEqual(await showStages(), first, 'the same command through the server says the same');
    assert.equal(await server.stop(), 0, server.err());
  });

  test('a changed criterion runs what leans on it, and that is stale until it is judged', async () => {
    const bound = 'metric: rmse, at_most: 3.0';
    copy.edit(bound, 'metric: rmse, at_most: 2.9');
    const { stages: planned, changes } = await showPlan();
    const runs = planned.filter((one) => one.run).map((one) => one.stage);
    const rest = ['deployment', 'monitoring', 'governance'];
    assert.deepEqual(runs, ['problem', 'evaluation', 'testing', ...rest]);
    const why = planned
      .filter((one) => /criterion accurate changed/.test(one.reason))
      .map((one) => one.stage);
    assert.deepEqual(why, ['problem', 'evaluation', 'deployment']);
    assert.ok(changes.some((change) => change.subject === 'problem'));
    // A source that is gone ends the apply before anything is judged again.
    copy.edit('data/weather.csv', 'data/gone.csv');
    const applied = await copy.tend(['apply', '--yes', '--json']);
    assert.notEqual(applied.code, 0);
    const stale = (await showStages()).filter((one) => one.verdict === 'stale').map((one) => one.stage);
    assert.deepEqual(stale, ['evaluation', 'deployment']);
    copy.edit('data/gone.csv', 'data/weather.csv');
    copy.edit('metric: rmse, at_most: 2.9', bound);
    const restored = await copy.tend(['apply', '--yes', '--json']);
    assert.equal(restored.code, 0, restored.err);
    for (const stage of ['problem', 'data', 'training', 'evaluation', 'testing']) {
      assert.deepEqual(evidenceOf(await showStages(), stage), evidenceOf(first, stage), stage);
    }
  });

  test('the exported ledger holds, and one flipped byte is found with its line', async () => {
    const file = join(copy.dir, 'ledger.jsonl');
    const exported = await copy.tend(['ledger', 'export', '--out', file, '--json']);
    assert.equal(exported.code, 0, exported.err);
    const held = await copy.tend(['ledger', 'verify', file, '--json']);
    assert.equal(held.code, 0, held.err);
    assert.equal(held.data().entries, exported.data().entries);
    const bytes = readFileSync(file);
    const lines = bytes.toString('utf8').split('\n');
    const at = bytes.indexOf('"verdict":"pass"') + '"verdict":"'.length;
    const line = bytes.subarray(0, at).toString('utf8').split('\n').length;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(file, bytes);
    const broken = await copy.tend(['ledger', 'verify', file, '--json']);
    assert.equal(broken.code, 1);
    assert.match(broken.error().message, new RegExp(`line ${line}\\b`));
    assert.ok(line > 1 && line < lines.length);
  });
});

function evidenceOf(shown: z.output<typeof stages>, stage: string): z.output<typeof evidence>[] {
  return shown.find((one) => one.stage === stage)?.evidence ?? [];
}

/** The release that was registered, compiled in this process from the blobs of the state folder. */
async function openRelease(copy: ExampleCopy): Promise<ReleaseDecider> {
  const shown = versions.parse((await copy.tend(['models', 'show', 'afternoon-high', '--json'])).data());
  const blobs = openBlobStore(join(copy.dir, '.tend/blobs'));
  const text = Buffer.from(await blobs.read(shown.items[0].manifest)).toString('utf8');
  const manifest = releaseManifestSchema.parse(JSON.parse(text));
  const modelBytes = await blobs.read(manifest.modelBlob);
  return compileRelease({ manifest, modelBytes, lookup: () => null });
}

const predicted = z.object({
  prediction: z.number().exactOptional(),
  predictions: z.array(z.number()).exactOptional(),
  version: z.string(),
});

async function predict(url: string | undefined, body: unknown): Promise<z.output<typeof predicted>> {
  const response = await fetch(`${url}/predict/afternoon-high`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200);
  return predicted.parse(await response.json());
}
