import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import { type MlflowBed, openMlflowBed, type Reply } from '../mlflow-testbed.ts';

/** A request as OpenTelemetry's own classes made it, in both formats. */
export const FIXTURE = JSON.parse(
  readFileSync(new URL('../otlp/fixtures/export-request.json', import.meta.url), 'utf8'),
) as { readonly protobuf: string; readonly json: object };

/** The trace of the recorded request. */
export const RECORDED = 'tr-000102030405060708090a0b0c0d0e0f';
export const V3 = '/api/3.0/mlflow/traces';
export const PROTO = { 'content-type': 'application/x-protobuf', 'x-mlflow-experiment-id': '0' };
export const JSON_TYPE = { ...PROTO, 'content-type': 'application/json' };

/** Any JSON. */
export type Answer = ReturnType<typeof JSON.parse>;

/** The answer to a call that must succeed. */
export async function ok(reply: Promise<Reply>): Promise<Answer> {
  const { status, json, text } = await reply;
  assert.equal(status, 200, text);
  return json;
}

/** The message of a refusal with this status and code. */
export async function refused(reply: Promise<Reply>, status: number, code: string): Promise<string> {
  const { status: came, json, text } = await reply;
  assert.deepEqual([came, json?.error_code], [status, code], text);
  return json.message;
}

/** Posts to the API of version 3. */
export const post = (bed: MlflowBed, path: string, input: object): Promise<Reply> =>
  bed.send('POST', `${V3}${path}`, JSON.stringify(input));

/** What a client says of a trace at its end. */
export function traceOf(id: string, more: object = {}, experiment = '0'): object {
  return {
    trace: {
      trace_info: {
        trace_id: id,
        trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experiment } },
        request_time: '2026-01-01T00:00:01.5Z',
        execution_duration: '0.25s',
        state: 'OK',
        ...more,
      },
    },
  };
}

/** A request of spans in JSON. */
export function exported(...spans: readonly object[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** A span in JSON; the digits are repeated to full ids. */
export function span(trace: string, id: string, more: object = {}): object {
  return {
    traceId: trace.repeat(32),
    spanId: id.repeat(16),
    name: `span ${id}`,
    startTimeUnixNano: '1700000000000000001',
    endTimeUnixNano: '1700000001000000001',
    ...more,
  };
}

/** A KeyValue of a text. */
export const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** Rows of all that belongs to traces. */
export async function count(bed: MlflowBed): Promise<number> {
  let rows = 0;
  for (const table of ['trace', 'span', 'trace_tag', 'trace_metadata', 'trace_run', 'assessment'] as const)
    rows += (await bed.db.query.selectFrom(table).selectAll().execute()).length;
  return rows;
}

/** A claim on the routes rather than on a database. */
export const withBed =
  (claim: (bed: MlflowBed) => Promise<void>) =>
  async ({ db }: DatabaseContext): Promise<void> => {
    using bed = openMlflowBed(db);
    await claim(bed);
  };

/** Ids of the traces that a search finds in experiment 0. */
export async function found(bed: MlflowBed, filter: string, more: object = {}): Promise<string> {
  const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }];
  const { traces = [] } = await ok(post(bed, '/search', { locations, filter, ...more }));
  return traces.map(({ trace_id }: { trace_id: string }) => trace_id).join(' ');
}
