import type { Statement } from '../../../store/database.ts';
import { insertRows } from '../../../store/sql-text.ts';
import { activeExperimentRow, type TrackingContext } from '../../training/index.ts';
import type { ReceivedSpan } from './received-span.ts';
import { attributesText, spanBodyText } from './span-text.ts';
import { ARTIFACT_LOCATION_TAG, NAME_TAG, SPANS_LOCATION_TAG, type TraceState } from './trace.ts';
import { artifactLocation, traceIdOf } from './trace-id.ts';
import { addValues } from './trace-values.ts';

/** Longest preview of what went in and came out. */
const PREVIEW_CHARS_MAX = 1_000;

/**
 * Keeps spans, each once: one that comes again takes the place of the one before. The trace of each is made
 * where its client has not said yet what it was. @throws NOT_FOUND; INVALID_INPUT for a deleted experiment
 */
export async function recordSpans(
  ctx: TrackingContext,
  experimentId: number,
  spans: readonly ReceivedSpan[],
): Promise<void> {
  const experiment = await activeExperimentRow(ctx, experimentId);
  const byTrace = new Map<string, Map<string, ReceivedSpan>>();
  for (const span of spans) {
    const id = traceIdOf(span.traceId);
    const known = byTrace.get(id) ?? new Map<string, ReceivedSpan>();
    byTrace.set(id, known.set(span.id, span));
  }
  // In the order of ids, so that two batches never wait for each other.
  const traces = [...byTrace]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, known]) => ({ id, spans: [...known.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)) }));
  const made = traces.map((trace) => ({
    id: trace.id,
    tags: [
      ...rootValues(trace.spans, NAME_TAG, (root) => root.name.slice(0, 250)),
      { key: SPANS_LOCATION_TAG, value: 'TRACKING_STORE' },
      { key: ARTIFACT_LOCATION_TAG, value: artifactLocation(experiment, trace.id) },
    ],
    metadata: [
      ...rootValues(trace.spans, 'mlflow.trace.session', (root) => textOf(root, 'session.id')),
      ...rootValues(trace.spans, 'mlflow.trace.user', (root) => textOf(root, 'user.id')),
      ...rootValues(trace.spans, 'service.name', (root) => root.service),
    ],
  }));
  await ctx.db.commit({
    statements: [
      ...traceStatements(experimentId, traces),
      ...spanStatements(traces),
      ...addValues(
        'trace_tag',
        made.map(({ id, tags }) => [id, tags]),
      ),
      ...addValues(
        'trace_metadata',
        made.map(({ id, metadata }) => [id, metadata]),
      ),
    ],
  });
}

interface SpansOfTrace {
  readonly id: string;
  readonly spans: readonly ReceivedSpan[];
}

function rootOf(spans: readonly ReceivedSpan[]): ReceivedSpan | undefined {
  return spans.find(({ parentId }) => parentId === null);
}

function rootValues(
  spans: readonly ReceivedSpan[],
  key: string,
  value: (root: ReceivedSpan) => string | null,
): readonly { readonly key: string; readonly value: string }[] {
  const root = rootOf(spans);
  const found = root === undefined ? null : value(root);
  return found === null || found === '' ? [] : [{ key, value: found }];
}

/** The first part of a value: of a text itself, of anything else its JSON. */
function textOf(span: ReceivedSpan, name: string): string | null {
  const text = span.attributes.get(name);
  if (text === undefined) return null;
  const value = text.startsWith('"') ? (JSON.parse(text) as string) : text;
  return value.slice(0, PREVIEW_CHARS_MAX).toWellFormed();
}

/** What is known from spans gives way to what the client says of the whole. */
function traceStatements(experimentId: number, traces: readonly SpansOfTrace[]): Statement[] {
  const rows = traces.map(({ id, spans }) => {
    const root = rootOf(spans);
    const ended = Math.max(...spans.map(({ endNs }) => msOf(endNs)));
    const preview = (name: string): string | null => (root === undefined ? null : textOf(root, name));
    return [
      id,
      experimentId,
      Math.min(...spans.map(({ startNs }) => msOf(startNs))),
      ended === 0 ? null : ended,
      stateOf(root),
      0,
      preview('mlflow.spanInputs'),
      preview('mlflow.spanOutputs'),
    ];
  });
  return insertRows(
    rows,
    (values) =>
      'insert into trace (id, experiment_id, started_at, ended_at, state, finished, request_preview, ' +
      `response_preview) values ${values} on conflict (id) do update set ` +
      'started_at = case when trace.finished = 0 and excluded.started_at < trace.started_at ' +
      'then excluded.started_at else trace.started_at end, ' +
      'ended_at = case when trace.finished = 0 and (trace.ended_at is null or ' +
      'excluded.ended_at > trace.ended_at) then excluded.ended_at else trace.ended_at end, ' +
      "state = case when trace.finished = 0 and excluded.state <> 'IN_PROGRESS' " +
      'then excluded.state else trace.state end, ' +
      'request_preview = coalesce(trace.request_preview, excluded.request_preview), ' +
      'response_preview = coalesce(trace.response_preview, excluded.response_preview)',
  ).map(({ query }) => ({ query }));
}

function stateOf(root: ReceivedSpan | undefined): TraceState {
  if (root === undefined || root.endNs === 0n) return 'IN_PROGRESS';
  return root.status.code === 2 ? 'ERROR' : 'OK';
}

function msOf(ns: bigint): number {
  return Number(ns / 1_000_000n);
}

const SPAN_STATES = ['UNSET', 'OK', 'ERROR'];

function spanStatements(traces: readonly SpansOfTrace[]): Statement[] {
  const rows = traces.flatMap(({ id, spans }) =>
    spans.map((span) => [
      id,
      span.id,
      span.parentId,
      span.name,
      textOf(span, 'mlflow.spanType')?.replaceAll('"', '') ?? 'UNKNOWN',
      SPAN_STATES[span.status.code] ?? 'UNSET',
      msOf(span.startNs),
      attributesText(span.attributes),
      spanBodyText(span),
    ]),
  );
  return insertRows(
    rows,
    (values) =>
      'insert into span (trace_id, id, parent_id, name, type, state, started_at, attributes, body) ' +
      `values ${values} on conflict (trace_id, id) do update set parent_id = excluded.parent_id, ` +
      'name = excluded.name, type = excluded.type, state = excluded.state, ' +
      'started_at = excluded.started_at, attributes = excluded.attributes, body = excluded.body',
  ).map(({ query }) => ({ query }));
}
