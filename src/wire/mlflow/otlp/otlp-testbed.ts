import assert from 'node:assert/strict';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import type { Reply } from '../mlflow-testbed.ts';
import {
  count,
  exported,
  FIXTURE,
  found,
  JSON_TYPE,
  ok,
  post,
  PROTO,
  RECORDED,
  refused,
  span,
  traceOf,
  V3,
  withBed,
} from '../traces/trace-requests-testbed.ts';

/** What spans that come by OTLP do on every database. */
export const otlpClaims: Claims<DatabaseContext> = {
  'spans come back as they were sent, each once, whatever comes first': withBed(async (bed) => {
    const bytes = Buffer.from(FIXTURE.protobuf, 'base64');
    for (let i = 0; i < 2; i++) {
      const sent = await bed.send('POST', '/v1/traces', bytes, PROTO);
      assert.deepEqual([sent.status, sent.text], [200, '']);
    }
    await ok(bed.send('POST', '/v1/traces', JSON.stringify(FIXTURE.json), JSON_TYPE));
    const partly = await ok(bed.send('GET', `${V3}/${RECORDED}`));
    assert.equal(partly.trace.trace_info.state, 'OK');
    assert.equal(partly.trace.trace_info.request_time, '2023-11-14T22:13:20.123Z');
    await ok(post(bed, '', traceOf(RECORDED, { tags: { a: 'b' } })));
    await ok(bed.send('POST', '/v1/traces', JSON.stringify(FIXTURE.json), JSON_TYPE));
    const { traces } = await ok(bed.send('GET', `${V3}/batchGet?trace_ids=${RECORDED}&trace_ids=tr-x`));
    assert.equal(traces.length, 1);
    const { trace_infos } = await ok(bed.send('GET', `${V3}/batchGetInfos?trace_ids=${RECORDED}`));
    assert.deepEqual(trace_infos, [traces[0].trace_info]);
    const { trace_info: info, spans } = traces[0];
    assert.deepEqual([info.request_time, info.execution_duration], ['2026-01-01T00:00:01.500Z', '0.25s']);
    assert.deepEqual(info.tags, {
      a: 'b',
      'mlflow.artifactLocation': `mlflow-artifacts:/0/traces/${RECORDED}/artifacts`,
      'mlflow.trace.spansLocation': 'TRACKING_STORE',
      'mlflow.traceName': 'root é',
    });
    assert.equal(info.trace_metadata['service.name'], 'shop');
    const [root, child] = spans;
    assert.deepEqual([root.trace_id, root.span_id], ['AAECAwQFBgcICQoLDA0ODw==', 'AQEBAQEBAQE=']);
    assert.deepEqual([child.parent_span_id, child.status.code], ['AQEBAQEBAQE=', 'STATUS_CODE_ERROR']);
    assert.equal(root.start_time_unix_nano, '1700000000123456790');
    const values = Object.fromEntries(
      root.attributes.map(({ key, value }: { key: string; value: object }) => [key, value]),
    );
    assert.deepEqual(values.big, { int_value: '9223372036854775807' });
    assert.deepEqual([values.one, values.int], [{ double_value: 1 }, { int_value: '-5' }]);
    assert.deepEqual(values.nan, { double_value: 'NaN' });
    assert.deepEqual(values.bytes, { bytes_value: 'AP8=' });
    assert.deepEqual(values.map, {
      kvlist_value: { values: [{ key: 'question', value: { string_value: 'why' } }] },
    });
  }),

  'many that send parts of the same traces at once lose nothing': withBed(async (bed) => {
    const parts = Array.from({ length: 16 }, (_, index) => {
      const id = index.toString(16).padStart(15, '1') + 'f';
      // Half of them name the traces the other way round.
      const letters = index % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'b', 'a'];
      return exported(...letters.map((one) => span(one, '1', { spanId: id, parentSpanId: '1'.repeat(16) })));
    });
    const said = ['a', 'b', 'c'].map((one) => traceOf(`tr-${one.repeat(32)}`, { tags: { team: 'x' } }));
    await Promise.all([
      ...parts.map((part) => ok(bed.send('POST', '/v1/traces', part, JSON_TYPE))),
      ...said.map((one) => ok(post(bed, '', one))),
    ]);
    assert.equal((await bed.db.query.selectFrom('span').selectAll().execute()).length, 48);
    assert.equal((await found(bed, "tags.team = 'x' AND status = 'OK'")).split(' ').length, 3);
  }),

  'a request in which some spans are no spans keeps the others and says so': withBed(async (bed) => {
    const zero = { ...span('a', '1'), traceId: '0'.repeat(32) };
    const sent = exported(span('a', '1'), zero, span('a', '2', { spanId: 'zz' }));
    const { partialSuccess } = await ok(bed.send('POST', '/v1/traces', sent, JSON_TYPE));
    assert.equal(partialSuccess.rejectedSpans, '2');
    assert.match(partialSuccess.errorMessage, /trace id is not 16 bytes/);
    assert.equal((await bed.db.query.selectFrom('span').selectAll().execute()).length, 1);
    const twice = exported(span('b', '1', { name: 'first' }), span('b', '1', { name: 'second' }));
    await ok(bed.send('POST', '/v1/traces', twice, JSON_TYPE));
    const { trace } = await ok(bed.send('GET', `${V3}/get?trace_id=tr-${'b'.repeat(32)}`));
    assert.deepEqual(
      trace.spans.map(({ name }: { name: string }) => name),
      ['second'],
    );
  }),

  'what is no request of spans is refused and writes nothing': withBed(async (bed) => {
    const good = Buffer.from(FIXTURE.protobuf, 'base64');
    const send = (body: string | Uint8Array, headers: Readonly<Record<string, string>>): Promise<Reply> =>
      bed.send('POST', '/v1/traces', body, headers);
    const bad = 'INVALID_PARAMETER_VALUE';
    await refused(send(good.subarray(0, 100), PROTO), 400, bad);
    await refused(send('', PROTO), 400, bad);
    await refused(send('{}', JSON_TYPE), 400, bad);
    await refused(send('['.repeat(100_000), JSON_TYPE), 400, bad);
    await refused(send(good, { ...PROTO, 'content-type': 'text/plain' }), 400, bad);
    await refused(send(good, { 'content-type': 'application/x-protobuf' }), 400, bad);
    await refused(send(exported(span('0', '1')), JSON_TYPE), 400, bad);
    const missing = 'RESOURCE_DOES_NOT_EXIST';
    await refused(send(good, { ...PROTO, 'x-mlflow-experiment-id': '99' }), 404, missing);
    await refused(send(good, { ...PROTO, 'x-mlflow-experiment-id': 'x' }), 404, missing);
    await refused(send(good, { ...PROTO, 'x-mlflow-run-id': 'nobody' }), 404, missing);
    const { experiment_id } = await ok(bed.call('POST', 'experiments/create', { name: 'gone' }));
    await ok(bed.call('POST', 'experiments/delete', { experiment_id }));
    await refused(send(good, { ...PROTO, 'x-mlflow-experiment-id': experiment_id }), 400, bad);
    await refused(post(bed, '', traceOf('tr-1', {}, experiment_id)), 400, bad);
    await refused(post(bed, '', traceOf('tr-1', {}, '99')), 404, missing);
    for (const wrong of [
      { trace_id: '../x' },
      { trace_id: '' },
      { trace_id: 'x'.repeat(101) },
      { trace_id: undefined },
      { trace_location: undefined },
      { request_time: 'soon' },
      { request_time: 5 },
      { execution_duration: '-1s' },
      { tags: [] },
      { tags: { a: 1 } },
      { tags: { ['k'.repeat(251)]: 'x' } },
      { tags: { a: 'x\u0000' } },
      { assessments: [{ assessment_name: 'x' }] },
      { assessments: [{ feedback: { value: 1 } }] },
    ])
      await refused(post(bed, '', traceOf('tr-1', wrong)), 400, bad);
    assert.equal(await count(bed), 0);
  }),
};
