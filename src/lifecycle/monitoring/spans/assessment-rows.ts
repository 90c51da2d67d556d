import type { JsonObject } from '../../../kernel/json.ts';
import type { Database, Statement } from '../../../store/database.ts';
import { jsonText, parseJsonText } from '../../../store/json-text.ts';
import { insertRows, readRows } from '../../../store/sql-text.ts';
import type { AssessmentTable } from '../../../store/tables/trace-tables.ts';
import type { Assessment, AssessmentKind } from './assessment.ts';

/** Statements that keep assessments; one of an id that is there takes its place. */
export function assessmentRows(assessments: readonly Assessment[]): Statement[] {
  const rows = [...new Map(assessments.map((one) => [one.id, one])).values()].map((one) => [
    one.traceId,
    one.id,
    one.kind,
    one.name,
    comparedText(one.value),
    typeof one.value === 'number' && Number.isFinite(one.value) ? one.value : null,
    one.overrides,
    one.valid ? 1 : 0,
    one.createdAt,
    one.updatedAt,
    // What is compared is in here too, in its envelope: kept once more as it is compared.
    jsonText(one.body),
  ]);
  return insertRows(
    rows,
    (values) =>
      'insert into assessment (trace_id, id, kind, name, value, number, overrides, valid, created_at, ' +
      `updated_at, body) values ${values} on conflict (trace_id, id) do update set kind = excluded.kind, ` +
      'name = excluded.name, value = excluded.value, number = excluded.number, ' +
      'overrides = excluded.overrides, valid = excluded.valid, updated_at = excluded.updated_at, ' +
      'body = excluded.body',
  ).map(({ query }) => ({ query }));
}

function comparedText(value: Assessment['value']): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : jsonText(value);
}

/** Assessments by the ids of their traces, in the order in which they were made. */
export async function readAssessments(
  db: Database,
  traceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Assessment[]>> {
  const rows = await readRows<AssessmentTable>(
    db,
    `select * from assessment where trace_id in (${traceIds.map(() => '?').join(', ')}) ` +
      'order by trace_id, created_at, id',
    traceIds,
  );
  const found = new Map<string, Assessment[]>();
  for (const row of rows) found.set(row.trace_id, [...(found.get(row.trace_id) ?? []), assessmentOf(row)]);
  return found;
}

/** An assessment from its row. */
export function assessmentOf(row: AssessmentTable): Assessment {
  return {
    id: row.id,
    traceId: row.trace_id,
    kind: row.kind as AssessmentKind,
    name: row.name,
    value: row.number ?? row.value ?? undefined,
    overrides: row.overrides,
    valid: row.valid === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    body: parseJsonText(row.body) as JsonObject,
  };
}
