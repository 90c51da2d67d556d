import { TendError } from '../../../kernel/error.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { Database } from '../../../store/database.ts';
import { parseJsonText } from '../../../store/json-text.ts';
import { readApprovals } from '../card/read-approvals.ts';
import { gateBody } from '../card/evidence-bodies.ts';
import type { LoggedPrediction } from '../../monitoring/index.ts';
import {
  type EvidenceRow,
  evidenceRows,
  ledgerRows,
  type PartitionRow,
  partitionRows,
  type ReleaseRow,
  releaseRow,
} from './trace-rows.ts';
import { asValues, dataOf, jsonObject, originOf, textOf } from './trace-origin.ts';
import type { Trace } from './trace-view.ts';

/** What a trace needs: the records, and a way to the log of predictions. */
export interface TraceContext {
  readonly db: Database;
  readonly findPrediction: (id: string) => Promise<LoggedPrediction | undefined>;
}

/**
 * A prediction with everything that it came from: release, version, run, dataset version, partitions, source
 * file; who agreed, what was proved, which ledger entries say so; and the row that its outcome became. Five
 * queries once the prediction is found. @throws NOT_FOUND
 */
export async function tracePrediction(ctx: TraceContext, id: string): Promise<Trace> {
  const logged = await ctx.findPrediction(id);
  if (logged === undefined) throw new TendError('NOT_FOUND', `no prediction ${id} is logged`);
  const { db } = ctx;
  const { project, record } = logged;
  const row = await releaseRow(db, record.release);
  const inputs = jsonObject(row?.inputs ?? null);
  const dataHash = textOf(inputs.data);
  const partitions = dataHash === null ? [] : await partitionRows(db, project, dataHash);
  const subjects = [record.release, row?.blob_hash ?? null, dataHash].filter((one) => one !== null);
  const evidence = await evidenceRows(db, project, {
    subjects,
    ids: row?.candidate_evidence == null ? [] : (parseJsonText(row.candidate_evidence) as readonly string[]),
  });
  const under = gateOf(evidence)?.approval?.under;
  const approvals = await readApprovals(db, project, { release: record.release, under });
  const ledger = await ledgerRows(db, project, [
    ...evidence.map((one) => one.id),
    ...approvals.map((one) => one.id),
    ...(row?.run_id == null ? [] : [row.run_id]),
    ...(logged.place.kind === 'part' ? [logged.place.id] : []),
    ...(logged.outcome?.part == null ? [] : [logged.outcome.part.id]),
  ]);
  return {
    project,
    prediction: predictionOf(logged, row),
    outcome: outcomeOf(logged, partitions, sealedAt(ledger, logged.outcome?.part?.id)),
    ...originOf(row, inputs),
    data: dataOf(partitions, dataHash, evidence),
    approvals,
    evidence: evidence.map(({ subject: _subject, body: _body, created_at: createdAt, ...one }) => ({
      ...one,
      createdAt,
    })),
    ledger,
  };
}

function predictionOf({ record, place }: LoggedPrediction, row: ReleaseRow | undefined): Trace['prediction'] {
  const { id, key, at, t, endpoint, prediction, latencyUs, fields, features } = record;
  const sealed = place.kind === 'part';
  const lies = {
    segment: sealed ? null : place.file,
    part: sealed ? place.id : null,
    blob: sealed ? place.blob : null,
  };
  const tables = tablesOf(jsonObject(row?.manifest ?? null)).map(({ name, refreshMs }) => ({
    table: name,
    boundary: Math.floor(t / refreshMs) * refreshMs,
  }));
  return {
    id,
    key,
    at,
    eventTime: t,
    endpoint,
    prediction,
    latencyUs,
    fields: asValues(fields),
    features: asValues(features),
    lies,
    tables,
  };
}

/** The feature tables that the release reads, with the distance of their boundaries. */
function tablesOf(manifest: JsonObject): { readonly name: string; readonly refreshMs: number }[] {
  const tables = Array.isArray(manifest.tables) ? (manifest.tables as readonly JsonObject[]) : [];
  return tables.flatMap(({ name, refreshMs }) =>
    typeof name === 'string' && typeof refreshMs === 'number' && refreshMs > 0 ? [{ name, refreshMs }] : [],
  );
}

/** When a part was sealed, wall time; null: no entry says so. */
function sealedAt(ledger: Trace['ledger'], part: string | undefined): number | null {
  return ledger.find(({ subject, action }) => subject === part && action === 'log.sealed')?.at ?? null;
}

/** A version holds what was sealed before it was made. */
function outcomeOf(
  { outcome, record }: LoggedPrediction,
  partitions: readonly PartitionRow[],
  sealed: number | null,
): Trace['outcome'] {
  if (outcome === null) return null;
  const newest = partitions.at(-1);
  const later = newest !== undefined && sealed !== null && sealed <= newest.created_at;
  const holds = later ? receivedPartition(partitions, newest.hash, record.t) : undefined;
  return {
    target: outcome.target,
    setAside: outcome.rule,
    receivedAt: outcome.receivedAt,
    blob: outcome.part?.blob ?? null,
    row:
      outcome.rule !== null || newest === undefined
        ? null
        : {
            dataset: newest.dataset,
            row: outcome.row,
            partition: holds?.name ?? null,
            version: holds?.hash ?? null,
          },
  };
}

/**
 * The partition of received rows that covers an event time: it is called after its month or day, and has the
 * suffix `-received` beside one of the same name from a file.
 */
function receivedPartition(
  partitions: readonly PartitionRow[],
  version: string,
  t: number,
): PartitionRow | undefined {
  const day = new Date(t).toISOString().slice(0, 10);
  const own = partitions.filter((one) => one.hash === version && one.quarantined === 0);
  for (const name of [
    `${day}-received`,
    `${day.slice(0, 7)}-received`,
    'all-received',
    day,
    day.slice(0, 7),
  ]) {
    const found = own.find((one) => one.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function gateOf(evidence: readonly EvidenceRow[]) {
  const gate = evidence.findLast((one) => one.kind === 'gate');
  return gateBody.safeParse(gate?.body == null ? null : parseJsonText(gate.body)).data;
}
