import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectDatabase, putEvidence, putResult } from '../../project/project-testbed.ts';
import { checkFailures } from './check-failures.ts';
import { metricFamily, metricsText } from './metrics-text.ts';
import { prometheusRoutes } from './prometheus-routes.ts';

describe('metricsText()', () => {
  it('escapes as the text format 0.0.4 asks, and leaves out families without samples', () => {
    const odd = metricFamily('tend_x', 'gauge', 'One\nline, one \\', [
      { labels: { name: 'a "b"\n\\' }, value: 1 },
      { labels: {}, value: Number.NaN },
      { labels: { le: '+Inf' }, value: Number.NEGATIVE_INFINITY },
    ]);
    assert.equal(
      metricsText([odd, metricFamily('tend_y', 'counter', 'None', [])]),
      '# HELP tend_x One\\nline, one \\\\\n# TYPE tend_x gauge\n' +
        'tend_x{name="a \\"b\\"\\n\\\\"} 1\ntend_x NaN\ntend_x{le="+Inf"} -Inf\n',
    );
  });
});

describe('checkFailures()', () => {
  it('counts a failure once for each partition, however often scraped, and takes up what comes', async () => {
    const db = await projectDatabase();
    const read = checkFailures(db);
    const checks = (...failed: string[]) => ({
      dataset: 'flights',
      checks: ['a', 'b'].map((rule) => ({ rule, verdict: failed.includes(rule) ? 'fail' : 'pass' })),
    });
    const counts = async () => (await read()).samples.map(({ labels, value }) => `${labels.check} ${value}`);
    assert.deepEqual(await counts(), []);
    await putEvidence(db, { stage: 'data', kind: 'data-checks', body: checks('a') });
    await putEvidence(db, { stage: 'data', kind: 'data-checks', body: checks('a', 'b') });
    await putEvidence(db, { stage: 'data', kind: 'data-checks', body: { of: 'another shape' } });
    await putEvidence(db, { stage: 'data', kind: 'dataset-version', body: checks('a') });
    await Promise.all([read(), read()]);
    assert.deepEqual(await counts(), ['a 2', 'b 1']);
    await putEvidence(db, { stage: 'data', kind: 'data-checks', body: checks('b') });
    assert.deepEqual(await counts(), ['a 2', 'b 2']);
    assert.deepEqual((await checkFailures(db)()).samples, (await read()).samples, 'a restart counts alike');
    await db.close();
  });
});

describe('prometheusRoutes()', () => {
  it('puts requests into cumulative buckets by method, declared path and status', async () => {
    const db = await projectDatabase();
    await putResult(db, { stage: 'data', verdict: 'pass' }, 1);
    const { routes, observe } = prometheusRoutes({ db, version: '1.2.3' });
    for (const durationMs of [0.5, 1, 30, 60_000])
      observe({ method: 'GET', path: '/x/{id}', status: 200, durationMs });
    const [route] = routes;
    const answer = await route?.handler({} as never);
    const lines = (answer as { body: string }).body.split('\n');
    const of = (suffix: string, le = '') => {
      const labels = `method="GET",path="/x/{id}",status="200"${le === '' ? '' : `,le="${le}"`}`;
      const start = `tend_http_request_duration_seconds_${suffix}{${labels}} `;
      return Number(lines.find((line) => line.startsWith(start))?.slice(start.length));
    };
    assert.deepEqual(
      ['0.001', '0.025', '0.05', '10', '+Inf'].map((le) => of('bucket', le)),
      [2, 2, 3, 3, 4],
    );
    assert.equal(of('count'), 4);
    assert.ok(Math.abs(of('sum') - 60.0315) < 1e-9);
    assert.ok(lines.includes('tend_build_info{version="1.2.3"} 1'));
    assert.ok(lines.includes('tend_stage_verdict{project="tiny",stage="data",verdict="pass"} 1'));
    await db.close();
  });
});
