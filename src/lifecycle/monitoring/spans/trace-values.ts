import type { Database, Statement } from '../../../store/database.ts';
import { insertRows, readRows } from '../../../store/sql-text.ts';
import type { TraceValueTable } from '../../../store/tables/trace-tables.ts';
import type { KeyValue } from '../../training/index.ts';

type Table = 'trace_tag' | 'trace_metadata';
type ValuesOfTraces = readonly (readonly [traceId: string, values: readonly KeyValue[]])[];

/** Adds values where there are none of their keys. */
export function addValues(table: Table, values: ValuesOfTraces): Statement[] {
  return statements(table, values, 'do nothing');
}

/** Sets values. */
export function setValues(table: Table, values: ValuesOfTraces): Statement[] {
  return statements(table, values, 'do update set value = excluded.value');
}

function statements(table: Table, values: ValuesOfTraces, otherwise: string): Statement[] {
  // Of two with one key the last counts; in one statement a row may be set once only.
  const rows = values.flatMap(([id, some]) =>
    [...new Map(some.map(({ key, value }) => [key, value]))].map(([key, value]) => [id, key, value]),
  );
  return insertRows(
    rows.toSorted((a, b) => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1)),
    (marks) =>
      `insert into ${table} (trace_id, key, value) values ${marks} on conflict (trace_id, key) ${otherwise}`,
  ).map(({ query }) => ({ query }));
}

/** Values by the ids of their traces, in the order of their keys. */
export async function readValues(
  db: Database,
  table: Table,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly KeyValue[]>> {
  const marks = ids.map(() => '?').join(', ');
  const rows = await readRows<TraceValueTable>(
    db,
    `select trace_id, key, value from ${table} where trace_id in (${marks}) order by trace_id, key`,
    ids,
  );
  const found = new Map<string, KeyValue[]>();
  for (const { trace_id, key, value } of rows) {
    const known = found.get(trace_id);
    if (known === undefined) found.set(trace_id, [{ key, value }]);
    else known.push({ key, value });
  }
  return found;
}
