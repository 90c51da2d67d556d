import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WindowReport } from '../book/window-report.ts';
import { findingsOf, windowEvidence } from './findings.ts';
import type { BoundaryReport, SetAside } from './move-clock.ts';

const WATCHED = { project: 'visits', dataset: 'rows', criteria: ['good'], drift: true };

function windowOf(
  monitor: string,
  verdict: WindowReport['verdict'],
  change: Partial<WindowReport> = {},
): WindowReport {
  return { monitor, from: 0, to: 10, verdict, value: 0.5, release: 'r', title: monitor, body: {}, ...change };
}

function found(windows: readonly WindowReport[], setAside: readonly SetAside[] = [], watched = WATCHED) {
  const report: BoundaryReport = { at: 10, windows, dayClosed: false, setAside, predictions: 0, outcomes: 0 };
  return findingsOf(watched, report);
}

describe('findings of a boundary', () => {
  test('are of the windows that somebody watches and that say something, one for each', () => {
    const monitors = [
      'drift',
      'drift:region',
      'criterion:good',
      'criterion:other',
      'requests',
      'outcomes',
      'monitor:x',
    ];
    const causes = (verdict: WindowReport['verdict'], watched = WATCHED) =>
      found(
        monitors.map((name) => windowOf(name, verdict)),
        [],
        watched,
      ).map(({ cause, holds }) => [cause, holds]);
    const seen = ['drift', 'criterion:good', 'requests', 'outcomes', 'monitor:x'];
    assert.deepEqual(
      causes('fail'),
      seen.map((cause) => [cause, false]),
    );
    assert.deepEqual(
      causes('pass'),
      seen.map((cause) => [cause, true]),
    );
    assert.deepEqual(causes('open'), []);
    assert.deepEqual(
      causes('fail', { ...WATCHED, criteria: [], drift: false }).map(([cause]) => cause),
      ['requests', 'outcomes', 'monitor:x'],
    );
  });

  test('carry the window as evidence; the same measurement has the same subject, another one another', () => {
    const [finding] = found([windowOf('criterion:good', 'fail', { low: 0.4, bound: 0.6 })]);
    const [evidence] = finding?.evidence ?? [];
    assert.deepEqual(
      [evidence?.kind, evidence?.verdict, finding?.at, finding?.release],
      ['live-criterion', 'fail', 10, 'r'],
    );
    assert.deepEqual([evidence?.body.low, evidence?.body.high, evidence?.body.bound], [0.4, null, 0.6]);
    const subject = (change: Partial<WindowReport>) =>
      windowEvidence(windowOf('drift', 'fail', change)).subject;
    assert.equal(subject({}), subject({ title: 'in other words' }));
    for (const change of [{ to: 11 }, { value: 0.6 }, { value: null }, { release: null }]) {
      assert.notEqual(subject(change), subject({}), JSON.stringify(change));
    }
    assert.equal(windowEvidence(windowOf('outcomes', 'open')).verdict, 'info');
  });

  test('of rows set aside are one for each rule, and never close by themselves', () => {
    const findings = found(
      [],
      [
        { rule: 'x between 0 and 1', rows: 1, samples: [{ x: 5 }] },
        { rule: 'y is not null', rows: 7, samples: [] },
      ],
    );
    assert.deepEqual(
      findings.map(({ cause, holds, severity, title }) => [cause, holds, severity, title]),
      [
        ['quality:rows:x between 0 and 1', false, 'info', '1 received row set aside: x between 0 and 1'],
        ['quality:rows:y is not null', false, 'info', '7 received rows set aside: y is not null'],
      ],
    );
    assert.deepEqual(findings[0]?.evidence[0]?.body.samples, [{ x: 5 }]);
  });
});
