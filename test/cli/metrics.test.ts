// needs: prometheus
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { build } from '../../src/store/build.ts';
import { jsonText } from '../../src/store/json-text.ts';
import { openSqlite } from '../../src/store/open-sqlite.ts';
import { systemPorts } from '../ports.ts';
import { until } from '../processes.ts';
import { startTend, type TendServer } from '../tend-process.ts';
import { TINY_REQUEST, type TinyProject, tinyProject } from '../tiny-project.ts';

const PROMETHEUS = 'prometheus';
/** Comes with it. */
const PROMTOOL = 'promtool';

/** Names that dashboards hold on to, by plane, as far as what they measure is there. */
const CONTROL = [
  'tend_build_info',
  'tend_criterion_ok',
  'tend_data_check_failures_total',
  'tend_drift',
  'tend_executions',
  'tend_http_request_duration_seconds',
  'tend_incidents_open',
  'tend_label_coverage',
  'tend_live_metric',
  'tend_stage_verdict',
];
const DATA = [
  'tend_build_info',
  'tend_prediction_duration_seconds',
  'tend_prediction_queue',
  'tend_predictions_total',
  'tend_rollout_weight',
  'tend_workers',
];

/** What a dashboard asks of a project under watch, and the answer. */
const QUERIES = [
  ['max by (feature) (tend_drift{project="tiny",test="psi"}) > 0.2', '0.25'],
  ['tend_live_metric{project="tiny",criterion="accurate",slice="all"}', '0.5'],
  ['tend_label_coverage{project="tiny"}', '0.75'],
  ['sum(tend_incidents_open{project="tiny"})', '0'],
  ['tend_criterion_ok{project="tiny"} == 0', '0'],
  ['sum(tend_predictions_total{endpoint="tiny",outcome="ok"})', '1'],
] as const;

/** Puts the newest windows of three monitors into a state folder that nobody owns. */
async function seeWindows(path: string): Promise<void> {
  const db = await openSqlite({ path, clock: systemPorts.clock });
  const rest = { project: 'tiny', from_at: 0, to_at: 1, low: null, high: null, bound: null, created_at: 1 };
  const windows = [
    { ...rest, monitor: 'drift:x1', verdict: 'fail', value: 0.25, body: jsonText({ psi: { effect: 0.25 } }) },
    { ...rest, monitor: 'criterion:accurate', verdict: 'fail', value: 0.5, body: jsonText({}) },
    { ...rest, monitor: 'outcomes', verdict: 'pass', value: 0.75, body: jsonText({}) },
  ] as const;
  await db.commit({
    statements: windows.map((window) => ({ query: build.insertInto('monitor_window').values(window) })),
  });
  await db.close();
}

describe('metrics of both planes', () => {
  let project: TinyProject;
  let server: TendServer;
  const texts: string[] = [];
  before(async () => {
    project = tinyProject('regression');
    // A failed check: the second row lies outside of what the contract says, and is warned of.
    project.write('examples.csv', project.read('examples.csv').replace(/\n[\d.]+,/, '\n7.5,'));
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    await seeWindows(join(project.dir, '.tend/tend.db'));
    server = await startTend(['up'], { cwd: project.dir });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(TINY_REQUEST);
    const answer = await fetch(`${server.urls[1]}/predict/tiny`, { method: 'POST', headers, body });
    assert.equal(answer.status, 200);
    await fetch(`${server.urls[0]}/api/tend/v1/status`);
    for (const url of server.urls) {
      const response = await fetch(`${url}/metrics`);
      assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
      texts.push(await response.text());
    }
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  it('are what promtool takes for sound', async () => {
    for (const text of texts) {
      const check = await promtool(['check', 'metrics'], text);
      assert.deepEqual([check.code, check.output], [0, '']);
    }
  });

  it('have the names that dashboards hold on to, and no others', () => {
    const families = (text = '') =>
      [...text.matchAll(/^# TYPE (\S+)/gm)].map((found) => found[1] ?? '').sort((a, b) => a.localeCompare(b));
    assert.deepEqual(families(texts[0]), CONTROL);
    assert.deepEqual(families(texts[1]), DATA);
  });

  it('say what happened', () => {
    const [control = '', data = ''] = texts;
    const line = (text: string, start: string) => text.split('\n').find((one) => one.startsWith(start));
    const check =
      'tend_data_check_failures_total{project="tiny",dataset="examples",check="x1 between 0 and 1"}';
    assert.equal(line(control, check), `${check} 1`);
    assert.ok(line(control, 'tend_stage_verdict{project="tiny",stage="deployment",verdict="pass"} 1'));
    assert.ok(line(control, 'tend_executions{state="done"} 1'));
    const status =
      'tend_http_request_duration_seconds_count{method="GET",path="/api/tend/v1/status",status="200"}';
    assert.equal(line(control, status), `${status} 1`);
    assert.ok(line(data, 'tend_predictions_total{endpoint="tiny",version="1",outcome="ok"} 1'));
    assert.ok(line(data, 'tend_prediction_duration_seconds_count{endpoint="tiny",version="1"} 1'));
    assert.ok(line(data, 'tend_rollout_weight{endpoint="tiny",version="1"} 1'));
    assert.ok(line(data, 'tend_workers{endpoint="tiny"} 1'));
  });

  it('are scraped by a real Prometheus from both planes', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tend-prometheus-'));
    const targets = server.urls.map((url) => new URL(url).host);
    writeFileSync(join(dir, 'prometheus.yml'), scrapeConfig(targets));
    const files = [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
    ];
    const prometheus = spawn(PROMETHEUS, [...files, '--web.listen-address=127.0.0.1:0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(prometheus, 'close');
    try {
      const url = await listeningAt(prometheus);
      const ask = async (path: string): Promise<ReturnType<typeof JSON.parse>> => {
        const answer = await fetch(`${url}/api/v1/${path}`);
        return answer.ok ? ((await answer.json()) as { data: unknown }).data : undefined;
      };
      const up = encodeURIComponent('up == 1');
      await until('both planes are up', async () => (await ask(`query?query=${up}`))?.result.length === 2);
      const names = ((await ask('label/__name__/values')) as readonly string[])
        .filter((name) => name.startsWith('tend_'))
        .map((name) => name.replace(/_(bucket|sum|count)$/, ''));
      assert.deepEqual(new Set(names), new Set([...CONTROL, ...DATA]));
      for (const [query, value] of QUERIES) {
        const found = (await ask(`query?query=${encodeURIComponent(query)}`))?.result;
        assert.deepEqual(
          [query, found.map((one: { value: [number, string] }) => one.value[1])],
          [query, [value]],
        );
      }
    } finally {
      prometheus.kill();
      await ended;
      rmSync(dir, { recursive: true });
    }
  });
});

function scrapeConfig(targets: readonly string[]): string {
  return JSON.stringify({
    global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
    scrape_configs: [{ job_name: 'tend', static_configs: [{ targets }] }],
  });
}

/** The address that a free port came to, from the log. */
async function listeningAt(prometheus: ChildProcessByStdio<null, null, Readable>): Promise<string> {
  for await (const line of createInterface({ input: prometheus.stderr })) {
    const found = /Listening on.*address=(\S+)/.exec(line);
    if (found === null) continue;
    // Its log goes on, and must not fill the pipe.
    prometheus.stderr.resume();
    return `http://${found[1]}`;
  }
  throw new Error('Prometheus ended before it listened');
}

async function promtool(args: readonly string[], stdin: string): Promise<{ code: number; output: string }> {
  const child = spawn(PROMTOOL, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}
