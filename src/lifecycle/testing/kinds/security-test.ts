import { sha256 } from '../../../kernel/hash.ts';
import { decodeModel } from '../../../decide/onnx/decode-model.ts';
import { type CandidateClient, openCandidateClient } from '../candidate-client.ts';
import { instanceOf, type TestBench } from '../test-bench.ts';
import type { TestCase, TestOutcome } from '../test-outcome.ts';

/** What a client might send by mistake or in malice. Each must be refused with a 4xx and change nothing. */
interface HostileRequest {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Hostile requests around a good instance; `field` is one of its names. */
function hostileRequests(good: Readonly<Record<string, unknown>>, field: string): HostileRequest[] {
  const withField = (value: unknown): string => JSON.stringify({ ...good, [field]: value });
  return [
    { name: 'not JSON', body: '{"a":' },
    { name: 'an empty body', body: '' },
    { name: 'a bare number', body: '7' },
    { name: 'null', body: 'null' },
    { name: 'a field that is missing', body: '{}' },
    { name: 'a field too many', body: JSON.stringify({ ...good, extra_field: 1 }) },
    { name: 'an object where a value belongs', body: withField({ $gt: '' }) },
    { name: 'a list where a value belongs', body: withField([1, 2]) },
    { name: 'a text of a million characters', body: withField('x'.repeat(1_000_000)) },
    { name: 'a prototype key', body: `{"__proto__":{"admin":true},"constructor":{"prototype":{}}}` },
    { name: 'brackets ten thousand deep', body: '['.repeat(10_000) },
    { name: 'instances that are no list', body: '{"instances":{"length":9}}' },
    { name: 'no instances', body: '{"instances":[]}' },
    { name: 'a body that is too large', body: `{"instances":["${'x'.repeat(9 * 1024 * 1024)}"]}` },
    { name: 'another content type', body: '<a/>', headers: { 'content-type': 'text/xml' } },
    { name: 'an endpoint that is not there', path: '/predict/other', body: '{}' },
    { name: 'a path that climbs', path: '/predict/..%2f..%2fetc%2fpasswd', body: '{}' },
    { name: 'another method', method: 'DELETE' },
    {
      name: 'an event time that is none',
      body: JSON.stringify(good),
      headers: { ...JSON_TYPE, 'tend-event-time': 'soon' },
    },
  ];
}

/** Hostile input is refused and survived; the artifacts are the registered ones and carry nothing else. */
export async function securityTest(bench: TestBench): Promise<TestOutcome> {
  using client = openCandidateClient(1, bench.scope.clock.monotonic);
  const good = instanceOf(bench.manifest, bench.split.test, 0);
  const field = Object.keys(good)[0] ?? 'field';
  const cases: TestCase[] = [];
  for (const hostile of hostileRequests(good, field)) cases.push(await refuse(bench, client, hostile));
  const after = await client.post(bench.endpointUrl, JSON.stringify(good));
  cases.push({
    name: 'a good request is answered after all that',
    passed: after.status === 200,
    detail: `status ${after.status}`,
  });
  cases.push(...(await artifactCases(bench)));
  return {
    kind: 'security',
    cases,
    criteria: [],
    measured: { hostile_requests: hostileRequests(good, field).length },
  };
}

async function refuse(bench: TestBench, client: CandidateClient, hostile: HostileRequest): Promise<TestCase> {
  const url = hostile.path === undefined ? bench.endpointUrl : `${bench.plane.url}${hostile.path}`;
  const method = hostile.method ?? 'POST';
  const answer = await client.send(method, url, hostile.body, hostile.headers ?? JSON_TYPE);
  // A body that is cut off by the server while it is sent may show as a closed connection: that refuses it
  // too.
  const refused = (answer.status >= 400 && answer.status < 500) || (answer.status === 0 && method === 'POST');
  return { name: `refused: ${hostile.name}`, passed: refused, detail: `status ${answer.status}` };
}

/** Keys that an exported model file carries; anything else did not come from the training run. */
const METADATA_KNOWN = /^tend\.(format|kind|objective|features|inputs)$/;

async function artifactCases(bench: TestBench): Promise<TestCase[]> {
  const { scope, inputs, manifest } = bench;
  const { modelBlob, manifestBlob } = inputs.training;
  const model = await scope.blobs.read(modelBlob);
  const registered = await scope.db.query
    .selectFrom('model_version')
    .select(['blob_hash', 'manifest_hash'])
    .where('model', '=', inputs.training.model)
    .where('version', '=', inputs.training.version)
    .executeTakeFirst();
  const unknown = Object.keys(decodeModel(model).metadata).filter((key) => !METADATA_KNOWN.test(key));
  return [
    {
      name: 'the model file is the one its hash names',
      passed: sha256(model) === modelBlob && manifest.modelBlob === modelBlob,
      detail: modelBlob.slice(0, 12),
    },
    {
      name: 'model and manifest are those that were registered',
      passed: registered?.blob_hash === modelBlob && registered.manifest_hash === manifestBlob,
      detail: `version ${inputs.training.version}`,
    },
    {
      name: 'the model file carries nothing that training did not write',
      passed: unknown.length === 0,
      detail: unknown.length === 0 ? 'known metadata only' : `unknown metadata: ${unknown.join(', ')}`,
    },
  ];
}
