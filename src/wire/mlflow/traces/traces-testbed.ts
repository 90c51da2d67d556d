import assert from 'node:assert/strict';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import type { MlflowBed, Reply } from '../mlflow-testbed.ts';
import {
  type Answer,
  count,
  exported,
  found,
  JSON_TYPE,
  ok,
  post,
  refused,
  span,
  text,
  traceOf,
  V3,
  withBed,
} from './trace-requests-testbed.ts';

/** Traces that differ in whatever a search compares, the oldest first. */
async function threeTraces(bed: MlflowBed): Promise<readonly [string, string, string]> {
  const a = span('a', '1', {
    attributes: [
      text('mlflow.spanType', 'LLM'),
      text('model', 'gpt'),
      { key: 'stream', value: { boolValue: true } },
      { key: 'tokens', value: { intValue: '7' } },
      { key: 'input', value: { kvlistValue: { values: [text('question', 'why "so"')] } } },
    ],
  });
  const other = span('a', '2', { name: 'tool', status: { code: 2 }, parentSpanId: '1'.repeat(16) });
  await ok(bed.send('POST', '/v1/traces', exported(a, other), JSON_TYPE));
  const [one, two, three] = [`tr-${'a'.repeat(32)}`, 'tr-2', 'tr-3'] as const;
  const meta = { 'mlflow.sourceRun': 'r1' };
  await ok(post(bed, '', traceOf(one, { tags: { 'mlflow.traceName': 'alpha' }, trace_metadata: meta })));
  const later = { request_time: '2026-01-02T00:00:00Z', state: 'ERROR', client_request_id: 'c-2' };
  await ok(post(bed, '', traceOf(two, { ...later, execution_duration: '2s', tags: { team: 'x' } })));
  await ok(post(bed, '', traceOf(three, { request_time: '2026-01-03T00:00:00Z' })));
  const assess = (id: string, name: string, value: unknown): Promise<Answer> =>
    ok(post(bed, `/${id}/assessments`, { assessment: { assessment_name: name, feedback: { value } } }));
  await assess(two, 'good', true);
  await assess(three, 'score', 0.5);
  await assess(three, 'word', 'fine');
  return [one, two, three];
}

/** What traces do on every database. */
export const traceClaims: Claims<DatabaseContext> = {
  'a search compares attributes, tags, metadata, runs, spans and assessments': withBed(async (bed) => {
    const [one, two, three] = await threeTraces(bed);
    const expected: Readonly<Record<string, string>> = {
      '': `${three} ${two} ${one}`,
      "status = 'ERROR'": two,
      "trace.status IN ('OK', 'IN_PROGRESS')": `${three} ${one}`,
      'timestamp_ms > 1767312000000': three,
      'execution_time_ms >= 2000': two,
      "name = 'alpha'": one,
      "name ILIKE 'ALP%'": one,
      "name LIKE 'ALP%'": '',
      "run_id = 'r1'": one,
      "request_metadata.`mlflow.sourceRun` = 'r1'": one,
      "tags.team = 'x'": two,
      'tags.team IS NULL': `${three} ${one}`,
      "client_request_id = 'c-2'": two,
      "request_id = 'tr-2'": two,
      "span.name = 'tool'": one,
      "span.type = 'LLM' AND span.status = 'ERROR'": '',
      "span.name = 'tool' AND span.status = 'ERROR'": one,
      "span.attributes.model = 'gpt'": one,
      "span.attributes.stream = 'true'": one,
      "span.attributes.tokens = '7'": one,
      "span.attributes.input LIKE '%question%'": one,
      "span.attributes.nothing = 'x'": '',
      "trace.text LIKE '%why%'": one,
      "span.content ILIKE '%WHY%'": one,
      "feedback.good = 'true'": two,
      'feedback.score > 0.4': three,
      'feedback.score > 0.6': '',
      "feedback.word LIKE 'f%'": three,
      'feedback.word IS NOT NULL': three,
      "expectation.word = 'fine'": '',
      "tags.x = ''' or 1=1 --'": '',
    };
    for (const [filter, ids] of Object.entries(expected)) assert.equal(await found(bed, filter), ids, filter);
    for (const [order, ids] of [
      ['timestamp_ms ASC', `${one} ${two} ${three}`],
      ['execution_time_ms DESC', `${two} ${three} ${one}`],
      ['name ASC', `${one} ${three} ${two}`],
      ['status ASC', `${two} ${three} ${one}`],
    ] as const)
      assert.equal(await found(bed, '', { order_by: [order] }), ids, order);
    for (const filter of [
      "nothing = 'x'",
      'status > 1',
      "tags.a RLIKE '.*'",
      "span.other = 'x'",
      "metrics.a = 'x'",
      "timestamp_ms = 'x'",
      "name = 'a' OR name = 'b'",
      "prompt = 'no version'",
      "span.attributes.`a\"b` = 'x'",
    ]) {
      const locations = [{ mlflow_experiment: { experiment_id: '0' } }];
      await refused(post(bed, '/search', { locations, filter }), 400, 'INVALID_PARAMETER_VALUE');
    }
  }),

  'a search gives every trace once, page by page': withBed(async (bed) => {
    const ids = Array.from({ length: 7 }, (_, index) => `tr-${index}`);
    for (const id of ids) await ok(post(bed, '', traceOf(id)));
    const locations = [{ mlflow_experiment: { experiment_id: '0' } }];
    for (const order_by of [[], ['request_id DESC'], ['execution_time_ms']]) {
      const seen: string[] = [];
      let page_token: string | undefined;
      do {
        const asked = { locations, max_results: 3, order_by, page_token };
        const page = await ok(post(bed, '/search', asked));
        seen.push(...page.traces.map(({ trace_id }: { trace_id: string }) => trace_id));
        page_token = page.next_page_token;
      } while (page_token !== undefined);
      assert.deepEqual(seen, ids.toReversed(), order_by.join());
    }
    const bad = 'INVALID_PARAMETER_VALUE';
    await refused(post(bed, '/search', { locations, max_results: 501 }), 400, bad);
    await refused(post(bed, '/search', { locations, page_token: 'e30=' }), 400, bad);
    await refused(post(bed, '/search', { locations, order_by: ['mood'] }), 400, bad);
  }),

  'an assessment is made, changed, overridden and deleted': withBed(async (bed) => {
    await ok(post(bed, '', traceOf('tr-1')));
    const source = { source_type: 'HUMAN', source_id: 'me' };
    const given = { assessment_name: 'good', source, feedback: { value: false }, metadata: { a: 'b' } };
    const first = (await ok(post(bed, '/tr-1/assessments', { assessment: given }))).assessment;
    assert.match(first.assessment_id, /^a-[0-9a-f]{32}$/);
    const at = `${V3}/tr-1/assessments/${first.assessment_id}`;
    const patch = (body: object): Promise<Reply> => bed.send('PATCH', at, JSON.stringify(body));
    const changed = await ok(
      patch({
        assessment: { feedback: { value: ['x', 1] }, rationale: 'so' },
        update_mask: 'feedback,rationale',
      }),
    );
    assert.deepEqual(changed.assessment.feedback, { value: ['x', 1] });
    const camel = { assessment_name: 'better', metadata: { c: 'd' } };
    await ok(patch({ assessment: camel, update_mask: 'assessmentName,metadata' }));
    const read = (await ok(bed.send('GET', at))).assessment;
    assert.deepEqual(
      [read.assessment_name, read.rationale, read.metadata, read.source, read.valid, read.trace_id],
      ['better', 'so', { a: 'b', c: 'd' }, source, true, 'tr-1'],
    );
    const over = { ...given, overrides: first.assessment_id };
    const second = (await ok(post(bed, '/tr-1/assessments', { assessment: over }))).assessment;
    assert.equal((await ok(bed.send('GET', at))).assessment.valid, false);
    await ok(bed.send('DELETE', `${V3}/tr-1/assessments/${second.assessment_id}`, '{}'));
    assert.equal((await ok(bed.send('GET', at))).assessment.valid, true);
    const missing = 'RESOURCE_DOES_NOT_EXIST';
    const bad = 'INVALID_PARAMETER_VALUE';
    await refused(post(bed, '/tr-9/assessments', { assessment: given }), 404, missing);
    await refused(
      post(bed, '/tr-1/assessments', { assessment: { ...given, overrides: 'a-9' } }),
      404,
      missing,
    );
    await refused(post(bed, '/tr-1/assessments', {}), 400, bad);
    await refused(post(bed, '/tr-1/assessments', { assessment: { ...given, expectation: {} } }), 400, bad);
    await refused(patch({ assessment: { expectation: { value: 1 } } }), 400, bad);
    await refused(patch({ assessment: given, update_mask: 'trace_id' }), 400, bad);
    await refused(bed.send('GET', `${V3}/tr-1/assessments/a-9`), 404, missing);
    await refused(bed.send('DELETE', `${V3}/tr-1/assessments/a-9`, '{}'), 404, missing);
    const expectation = { serialized_value: { serialization_format: 'JSON_FORMAT', value: '{"a":1}' } };
    const third = { assessment_name: 'right', expectation };
    assert.deepEqual(
      (await ok(post(bed, '/tr-1/assessments', { assessment: third }))).assessment.expectation,
      expectation,
    );
  }),

  'tags, links and deletes do what they say, once or twice': withBed(async (bed) => {
    for (const id of ['tr-1', 'tr-2', 'tr-3']) await ok(post(bed, '', traceOf(id, { tags: { a: 'b' } })));
    const tag = (version: string, method: 'PATCH' | 'DELETE', id: string, body: object): Promise<Reply> =>
      bed.send(method, `/api/${version}/mlflow/traces/${id}/tags`, JSON.stringify(body));
    await ok(tag('2.0', 'PATCH', 'tr-1', { key: 'k', value: 'v'.repeat(9_000) }));
    await ok(tag('3.0', 'PATCH', 'tr-1', { key: 'x', value: '1' }));
    await ok(tag('2.0', 'DELETE', 'tr-1', { key: 'a' }));
    const { trace } = await ok(bed.send('GET', `${V3}/tr-1`));
    assert.deepEqual([trace.trace_info.tags.k.length, trace.trace_info.tags.a], [8_000, undefined]);
    const missing = 'RESOURCE_DOES_NOT_EXIST';
    const bad = 'INVALID_PARAMETER_VALUE';
    await refused(tag('2.0', 'DELETE', 'tr-1', { key: 'a' }), 404, missing);
    await refused(tag('2.0', 'PATCH', 'tr-9', { key: 'a', value: 'b' }), 404, missing);
    await refused(tag('2.0', 'PATCH', 'tr-1', { key: 'a' }), 400, bad);
    await refused(tag('2.0', 'PATCH', 'tr-1', { key: '', value: 'b' }), 400, bad);
    const prompt = (version: string): object => ({ name: 'ask', version });
    const linked = (versions: readonly string[], trace_id = 'tr-1'): Promise<Reply> =>
      bed.call('POST', 'traces/link-prompts', { trace_id, prompt_versions: versions.map(prompt) });
    await ok(linked(['1']));
    await ok(linked(['1', '2']));
    assert.equal(await found(bed, "prompt = 'ask/2'"), 'tr-1');
    assert.equal(await found(bed, "prompt = 'ask/3'"), '');
    await refused(linked(['1'], 'tr-9'), 404, missing);
    const { run } = await ok(bed.call('POST', 'runs/create', { experiment_id: '0' }));
    const { run_id } = run.info;
    const link = (trace_ids: readonly string[], id = run_id): Promise<Reply> =>
      bed.call('POST', 'traces/link-to-run', { trace_ids, run_id: id });
    await ok(link(['tr-1', 'tr-2']));
    await ok(link(['tr-2', 'tr-2']));
    assert.equal(await found(bed, `run_id = '${run_id}'`), 'tr-2 tr-1');
    await refused(link(['tr-1'], 'nobody'), 404, missing);
    await refused(link(['tr-1', 'tr-9']), 404, missing);
    await refused(link(Array<string>(101).fill('tr-1')), 400, bad);
    const wipe = (input: object): Promise<Reply> =>
      bed.call('POST', 'traces/delete-traces', { experiment_id: '0', ...input });
    await refused(wipe({}), 400, bad);
    await refused(wipe({ request_ids: ['tr-1'], max_timestamp_millis: 1 }), 400, bad);
    await refused(wipe({ max_timestamp_millis: 1, max_traces: 0 }), 400, bad);
    await refused(wipe({ experiment_id: '99', request_ids: ['tr-1'] }), 404, missing);
    assert.deepEqual(await ok(wipe({ request_ids: ['tr-1', 'tr-9'] })), { traces_deleted: 1 });
    assert.deepEqual(await ok(wipe({ request_ids: ['tr-1'] })), { traces_deleted: 0 });
    const until = Date.parse('2027-01-01');
    assert.deepEqual(await ok(wipe({ max_timestamp_millis: until, max_traces: 1 })), { traces_deleted: 1 });
    assert.equal(await found(bed, ''), 'tr-3');
    assert.deepEqual(await ok(wipe({ max_timestamp_millis: until })), { traces_deleted: 1 });
    assert.equal(await count(bed), 0, 'nothing of a deleted trace is left');
    await refused(bed.send('GET', `${V3}/tr-3`), 404, missing);
    await refused(bed.send('GET', `${V3}/get?trace_id=tr-3`), 404, missing);
  }),

  'nothing is written to a trace of a deleted experiment, which can be read': withBed(async (bed) => {
    const { experiment_id } = await ok(bed.call('POST', 'experiments/create', { name: 'left' }));
    await ok(post(bed, '', traceOf('tr-1', {}, experiment_id)));
    const assessment = { assessment_name: 'good', feedback: { value: 1 } };
    const made = (await ok(post(bed, '/tr-1/assessments', { assessment }))).assessment;
    await ok(bed.call('POST', 'experiments/delete', { experiment_id }));
    const rows = await count(bed);
    const at = `${V3}/tr-1/assessments/${made.assessment_id}`;
    const tag = JSON.stringify({ key: 'a', value: 'b' });
    for (const write of [
      bed.send('PATCH', `${V3}/tr-1/tags`, tag),
      bed.send('DELETE', `${V3}/tr-1/tags`, tag),
      post(bed, '/tr-1/assessments', { assessment }),
      bed.send('PATCH', at, JSON.stringify({ assessment: { rationale: 'x' } })),
      bed.send('DELETE', at, '{}'),
      bed.call('PATCH', 'traces/tr-1', { timestamp_ms: 5, status: 'OK' }),
      bed.call('POST', 'traces/delete-traces', { experiment_id, trace_ids: ['tr-1'] }),
    ])
      assert.match(await refused(write, 400, 'INVALID_PARAMETER_VALUE'), /'active' state/);
    assert.equal(await count(bed), rows);
    const { trace } = await ok(bed.send('GET', `${V3}/tr-1`));
    assert.equal(trace.trace_info.assessments[0].rationale, undefined);
  }),

  'version 2 begins, ends, reads and searches': withBed(async (bed) => {
    const begun = await ok(
      bed.call('POST', 'traces', {
        experiment_id: '0',
        timestamp_ms: 1_000,
        request_metadata: [{ key: 'm', value: '1' }],
        tags: [{ key: 't', value: '2' }],
      }),
    );
    const { request_id } = begun.trace_info;
    assert.deepEqual([begun.trace_info.status, begun.trace_info.timestamp_ms], ['IN_PROGRESS', 1_000]);
    const end = { timestamp_ms: 1_500, status: 'OK', request_metadata: [{ key: 'm', value: '3' }] };
    const ended = await ok(bed.call('PATCH', `traces/${request_id}`, end));
    assert.deepEqual([ended.trace_info.execution_time_ms, ended.trace_info.status], [500, 'OK']);
    const { trace_info } = await ok(bed.call('GET', `traces/${request_id}/info`));
    assert.deepEqual(trace_info.request_metadata, [{ key: 'm', value: '3' }]);
    const { traces } = await ok(
      bed.call('GET', 'traces', { experiment_ids: ['0'], filter: "tags.t = '2'", max_results: 5 }),
    );
    assert.equal(traces[0].request_id, request_id);
    await refused(bed.call('PATCH', 'traces/tr-9', end), 404, 'RESOURCE_DOES_NOT_EXIST');
    await refused(bed.call('GET', 'traces/tr-9/info'), 404, 'RESOURCE_DOES_NOT_EXIST');
    const late = { experiment_id: '0', timestamp_ms: 9e15 };
    await refused(bed.call('POST', 'traces', late), 400, 'INVALID_PARAMETER_VALUE');
  }),
};
