import type { Json, JsonObject } from '../../../kernel/json.ts';
import { type JsonText, parseJsonText } from '../../../store/json-text.ts';
import { datasetBody } from '../card/evidence-bodies.ts';
import type { EvidenceRow, PartitionRow, ReleaseRow } from './trace-rows.ts';
import type { Trace } from './trace-view.ts';

/** Release, version and run as the trace tells of them. */
export function originOf(
  row: ReleaseRow | undefined,
  inputs: JsonObject,
): Pick<Trace, 'release' | 'model' | 'run'> {
  if (row === undefined) return { release: null, model: null, run: null };
  const manifest = jsonObject(row.manifest);
  const release = {
    hash: row.hash,
    version: row.release_version,
    spec: textOf(manifest.specHash),
    codeCommit: textOf(manifest.codeCommit),
    createdAt: row.release_created_at,
  };
  return { release, model: modelOf(row), run: runOf(row, inputs) };
}

function modelOf(row: ReleaseRow): Trace['model'] {
  if (row.model === null || row.version === null || row.version_created_at === null) return null;
  const { retraining_id: retraining, window, candidate_state: state, candidate_reason: reason } = row;
  return {
    name: row.model,
    version: row.version,
    file: row.blob_hash,
    createdAt: row.version_created_at,
    candidate:
      retraining === null || window === null || state === null
        ? null
        : { retraining, window, state, reason: reason ?? '' },
  };
}

function runOf(row: ReleaseRow, inputs: JsonObject): Trace['run'] {
  if (row.run_id === null) return null;
  const { code = null } = jsonObject(row.tags);
  return {
    id: row.run_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    params: asValues(jsonObject(row.params)),
    code: asValue(code),
    bounds: asValue(inputs.bounds ?? null),
    features: textOf(inputs.features),
    digest: row.digest,
  };
}

/** The dataset version that a run was trained on, with the file that it was read from. */
export function dataOf(
  partitions: readonly PartitionRow[],
  hash: string | null,
  evidence: readonly EvidenceRow[],
): Trace['data'] {
  const own = partitions.filter((one) => one.hash === hash);
  const [first] = own;
  if (first === undefined || hash === null) return null;
  const recorded = evidence.findLast((one) => one.kind === 'dataset-version' && one.subject === hash);
  const body = datasetBody.safeParse(recorded?.body == null ? null : parseJsonText(recorded.body));
  return {
    dataset: first.dataset,
    hash,
    rows: first.version_rows,
    createdAt: first.created_at,
    source: body.data?.source ?? null,
    partitions: own.flatMap((one) =>
      one.name === null || one.content_hash === null || one.blob_hash === null
        ? []
        : [
            {
              name: one.name,
              rows: one.row_count ?? 0,
              content: one.content_hash,
              blob: one.blob_hash,
              setAside: one.quarantined === 1 ? (one.reason ?? '') : null,
            },
          ],
    ),
  };
}

/** The object in a stored text; none is an empty one. */
export function jsonObject(text: JsonText | null): JsonObject {
  return text === null ? {} : (parseJsonText(text) as JsonObject);
}

/** A text, or null. */
export function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

type Value = NonNullable<Trace['run']>['code'];

/** JSON as the schema of answers types it. */
function asValue(value: Json): Value {
  return value as Value;
}

/** The same for objects. */
export function asValues(value: JsonObject): Record<string, Value> {
  return value as Record<string, Value>;
}
