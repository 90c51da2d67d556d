// needs: python
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compareAnswers } from './compare-answers.ts';
import { experimentCalls } from './experiment-calls.ts';
import { KNOWN_DIFFERENCES, unexpected } from './known-differences.ts';
import { modelCalls } from './model-calls.ts';
import { type RealMlflow, startRealMlflow } from './real-mlflow.ts';
import { answersOf, type RecordedCall } from './recorded-call.ts';
import { runCalls } from './run-calls.ts';
import { type MlflowServer, startMlflowServer } from './run-client.ts';

/** A group of calls more is a line here; its differences are lines of `known-differences.ts`. */
const CALLS: readonly RecordedCall[] = [...experimentCalls, ...runCalls, ...modelCalls];

describe('a real MLflow and we', () => {
  let real: RealMlflow;
  let tend: MlflowServer;
  before(async () => {
    [real, tend] = await Promise.all([startRealMlflow(), startMlflowServer()]);
  });
  after(async () => {
    await real?.[Symbol.asyncDispose]();
    await tend?.[Symbol.asyncDispose]();
  });

  it('answer every call alike, but where a reason is written down', async () => {
    assert.equal(new Set(CALLS.map(({ name }) => name)).size, CALLS.length, 'names of calls are unique');
    const [theirs, ours] = await Promise.all([answersOf(real.url, CALLS), answersOf(tend.url, CALLS)]);
    assert.deepEqual(unexpected(compareAnswers(theirs, ours), KNOWN_DIFFERENCES), []);
    const faults = [...ours].filter(([, answer]) => answer.status >= 500 && answer.status !== 501);
    assert.deepEqual(faults, []);
  });
});
