import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newPatience } from './patience.ts';

/** A clock that a test moves. */
function patienceAt(signal = new AbortController().signal) {
  const time = { now: 0 };
  const reports: string[] = [];
  const patience = newPatience({
    signal,
    clock: { monotonic: () => time.now },
    report: (text) => reports.push(text),
  });
  return { time, reports, patience };
}

describe('newPatience()', () => {
  it('gives up after a minute in which nothing went through, and says how to go on', async () => {
    const { time, reports, patience } = patienceAt();
    await patience.wait('refused');
    time.now = 59_000;
    await patience.wait('refused');
    time.now = 61_000;
    await assert.rejects(patience.wait('refused'), {
      code: 'UNAVAILABLE',
      message: 'nothing went through for a minute: refused',
      hint: /run the same command/,
    });
    assert.deepEqual(reports, ['the server: refused', 'the server: refused']);
  });

  it('begins anew with every success', async () => {
    const { time, patience } = patienceAt();
    await patience.wait('refused');
    time.now = 59_000;
    patience.succeeded();
    time.now = 90_000;
    await patience.wait('refused');
  });

  it('ends at once when it is interrupted', async () => {
    const stop = new AbortController();
    const { patience } = patienceAt(stop.signal);
    const waiting = patience.wait('busy', {
      status: 503,
      headers: new Map([['retry-after', '30']]),
      body: '',
    });
    stop.abort();
    await assert.rejects(waiting, { code: 'INTERRUPTED' });
  });
});
