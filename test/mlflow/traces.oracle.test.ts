// needs: python, older-mlflow
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type MlflowServer, runClient, startMlflowServer } from './run-client.ts';

const FLUENT = `
from mlflow.entities import SpanType, AssessmentSource
experiment = mlflow.set_experiment("traced " + mlflow.__version__).experiment_id
@mlflow.trace(span_type=SpanType.CHAIN, attributes={"model": "small"})
def answer(question, k=2):
    with mlflow.start_span(name="search", span_type=SpanType.RETRIEVER) as span:
        span.set_inputs({"q": question})
        span.set_outputs([{"page_content": "é", "score": 1.0}])
        span.set_attributes({"n": 3, "ratio": 0.5, "whole": 2.0, "big": 2**60, "flag": True})
    return question.upper()
@mlflow.trace
def fails(): raise ValueError("broken")
with mlflow.start_run() as run:
    answer("why?")
first = mlflow.get_last_active_trace_id()
try: fails()
except ValueError: pass
second = mlflow.get_last_active_trace_id()
mlflow.flush_trace_async_logging()
trace = mlflow.get_trace(first)
root, child = trace.data.spans
def infos(**asked):
    return [t.info.trace_id for t in mlflow.search_traces(return_type="list", **asked, **WHERE)]
import inspect
known = inspect.signature(mlflow.search_traces).parameters
WHERE = {"locations" if "locations" in known else "experiment_ids": [experiment]}
mlflow.set_trace_tag(first, "team", "a")
mlflow.set_trace_tag(first, "gone", "b")
mlflow.delete_trace_tag(first, "gone")
human = AssessmentSource(source_type="HUMAN", source_id="me")
feedback = mlflow.log_feedback(trace_id=first, name="good", value=True, rationale="yes", source=human)
mlflow.log_feedback(trace_id=first, name="score", value=0.75, source=human)
mlflow.log_expectation(trace_id=first, name="right", value={"answer": "WHY?"}, source=human)
mlflow.update_assessment(first, feedback.assessment_id, mlflow.entities.Feedback(
    name="good", value=False, rationale="no", source=human))
over = mlflow.override_feedback(
    trace_id=first, assessment_id=feedback.assessment_id, value="mixed", source=human)
read = mlflow.get_assessment(first, feedback.assessment_id)
def refused(call):
    try: call()
    except MlflowException as error: return error.error_code
assessments = mlflow.get_trace(first).info.assessments
said = {a.name: a.value for a in assessments if getattr(a, "valid", True) is not False}
answered = {
    "state": [str(trace.info.state.value), str(mlflow.get_trace(second).info.state.value)],
    "location": trace.info.tags["mlflow.trace.spansLocation"],
    "spans": [[s.name, s.span_type, s.inputs, s.outputs] for s in (root, child)],
    "attributes": [repr(child.get_attribute(k)) for k in ("n", "ratio", "whole", "big", "flag")],
    "parent": child.parent_id == root.span_id,
    "exception": [e.name for e in mlflow.get_trace(second).data.spans[0].events],
    "previews": [trace.info.request_preview, trace.info.response_preview],
    "times": root.start_time_ns <= child.start_time_ns <= child.end_time_ns <= root.end_time_ns,
    "said": said, "read": [read.value, read.rationale, read.valid],
    "all": infos() == [second, first],
    "run": infos(run_id=run.info.run_id) == [first],
    "tag": infos(filter_string="tags.team = 'a'") == [first],
    "error": infos(filter_string="attributes.status = 'ERROR'") == [second],
    "name": infos(filter_string="attributes.name = 'answer'") == [first],
    "oldest": infos(order_by=["timestamp_ms ASC"]) == [first, second],
    "frame": len(mlflow.search_traces(**WHERE)),
}
mlflow.delete_assessment(first, over.assessment_id)
answered["again"] = mlflow.get_assessment(first, feedback.assessment_id).valid
answered["unknown"] = [
    refused(lambda: client.get_trace("tr-" + "0" * 31 + "1")),
    refused(lambda: client.set_trace_tag("tr-x", "a", "b")),
    refused(lambda: mlflow.get_assessment(first, "a-x")),
]
answered["deleted"] = [
    client.delete_traces(experiment, trace_ids=[first]),
    client.delete_traces(experiment, max_timestamp_millis=4_000_000_000_000),
    len(infos()),
]
print(json.dumps(answered))
`;

/** As clients before 3.4 do, which know nothing of OTLP. */
const WITHOUT_OTLP = `
from mlflow.store.tracking.rest_store import RestStore
def unknown(*_args, **_kwargs): raise NotImplementedError("no spans")
RestStore.log_spans = unknown
experiment = mlflow.set_experiment("files of spans " + mlflow.__version__).experiment_id
@mlflow.trace
def answer(question): return question.upper()
answer("why?")
first = mlflow.get_last_active_trace_id()
mlflow.flush_trace_async_logging()
trace = mlflow.get_trace(first)
print(json.dumps([trace.data.spans[0].outputs, trace.info.tags.get("mlflow.trace.spansLocation")]))
`;

/** Requests of random values, made by OpenTelemetry's own classes; what comes back is compared in Python. */
const RANDOM = `
import random, requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from mlflow.tracing.utils.otlp import _set_otel_proto_anyvalue
random.seed(7)
def value(depth=0):
    kinds = [
        lambda: random.choice(["", "é\\u2028", "1.0", "x" * 300, '"quoted"', "\\\\"]),
        lambda: random.choice([0, -1, 2**53 + 1, 2**63 - 1, -2**63, random.randrange(2**40)]),
        lambda: random.choice([0.0, 1.0, -2.5, 1e300, 5e-324, 1e21, random.random()]),
        lambda: random.random() < 0.5,
        lambda: [value(depth + 1) for _ in range(random.randrange(4))],
        lambda: {f"k{i}": value(depth + 1) for i in range(random.randrange(4))},
    ]
    return random.choice(kinds if depth < 4 else kinds[:4])()
wrong = []
for number in range(1, 41):
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id = number.to_bytes(16, "big"), b"12345678"
    span.name, span.start_time_unix_nano = f"span {number}", 1_700_000_000_000_000_001
    span.end_time_unix_nano = 1_700_000_000_000_000_999
    given = {f"a{i}": value() for i in range(8)}
    for key, one in given.items():
        attribute = span.attributes.add()
        attribute.key = key
        _set_otel_proto_anyvalue(attribute.value, one)
    sent = requests.post(os.environ["MLFLOW_TRACKING_URI"] + "/v1/traces", data=request.SerializeToString(),
        headers={"content-type": "application/x-protobuf", "x-mlflow-experiment-id": "0"})
    assert sent.status_code == 200, sent.text
    read = mlflow.get_trace(f"tr-{number:032x}").data.spans[0]
    for key, one in given.items():
        came = repr(read.get_attribute(key))
        if came != repr(one): wrong.append([key, came, repr(one)])
    if [read.start_time_ns, read.end_time_ns] != [span.start_time_unix_nano, span.end_time_unix_nano]:
        wrong.append(["times", str(number)])
print(json.dumps(wrong))
`;

const EXPERIMENT_HEADER = 'x-mlflow-experiment-id';

describe('tracing with the official client', () => {
  let mlflow: MlflowServer;
  before(async () => {
    mlflow = await startMlflowServer();
  });
  after(() => mlflow[Symbol.asyncDispose]());

  for (const venv of ['newest', 'older'] as const) {
    it(`traces, searches, assesses and deletes (${venv})`, async () => {
      const seen = await runClient(mlflow.url, FLUENT, { venv });
      assert.deepEqual(seen.state, ['OK', 'ERROR']);
      assert.equal(seen.location, 'TRACKING_STORE');
      assert.deepEqual(seen.spans, [
        ['answer', 'CHAIN', { question: 'why?', k: 2 }, 'WHY?'],
        ['search', 'RETRIEVER', { q: 'why?' }, [{ page_content: 'é', score: 1 }]],
      ]);
      assert.deepEqual(seen.attributes, ['3', '0.5', '2.0', String(2n ** 60n), 'True']);
      assert.deepEqual(seen.exception, ['exception']);
      assert.match(seen.previews[0], /why\?/);
      assert.deepEqual(seen.said, { good: 'mixed', score: 0.75, right: { answer: 'WHY?' } });
      assert.deepEqual(seen.read, [false, 'no', false]);
      for (const what of ['parent', 'times', 'all', 'run', 'tag', 'error', 'name', 'oldest', 'again'])
        assert.equal(seen[what], true, what);
      assert.equal(seen.frame, 2);
      const missing = 'RESOURCE_DOES_NOT_EXIST';
      assert.deepEqual(seen.unknown.slice(1), [missing, missing]);
      assert.deepEqual(seen.deleted, [1, 1, 0]);
    });
  }

  for (const venv of ['newest', 'older'] as const) {
    it(`keeps a file of spans for a client that cannot send them (${venv})`, async () => {
      const [outputs, location] = await runClient(mlflow.url, WITHOUT_OTLP, { venv });
      assert.deepEqual([outputs, location ?? 'ARTIFACT_REPO'], ['WHY?', 'ARTIFACT_REPO']);
    });
  }

  it('gives back what it took, types and digits', async () => {
    assert.deepEqual(await runClient(mlflow.url, RANDOM), []);
  });

  it('takes spans from OpenTelemetry itself, packed or not, in bounded memory', async () => {
    const url = `${mlflow.url}/v1/traces`;
    const { gzipSync } = await import('node:zlib');
    const span = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 'x', startTimeUnixNano: '5' };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const headers = { 'content-type': 'application/json', [EXPERIMENT_HEADER]: '0' };
    const packed = { ...headers, 'content-encoding': 'gzip' };
    const sent = await fetch(url, { method: 'POST', body: gzipSync(body), headers: packed });
    assert.deepEqual([sent.status, await sent.text()], [200, '{}']);
    for (const bytes of [gzipSync(Buffer.alloc(200_000_000)), Buffer.from('no gzip')]) {
      const bomb = await fetch(url, { method: 'POST', body: bytes, headers: packed });
      assert.equal(bomb.status, 400);
      assert.match(await bomb.text(), /"error_code":"INVALID_PARAMETER_VALUE"/);
    }
    const info = await fetch(`${mlflow.url}/api/3.0/mlflow/traces/tr-${'ab'.repeat(16)}`);
    assert.match(await info.text(), /"state":"IN_PROGRESS"/);
  });
});
