import { type ExactJson, type ExactObject, isExactObject, numberSource } from '../../../kernel/exact-json.ts';
import type { RecordInput } from './evaluation-dataset.ts';

type Fields = Readonly<Record<string, ExactJson>>;

interface RecordSchema {
  readonly inputs: Fields;
  readonly outputs: Fields | string;
  readonly expectations: Fields;
  readonly version: '1.0';
}

const EMPTY: RecordSchema = { inputs: {}, outputs: {}, expectations: {}, version: '1.0' };

/** The schema of a dataset with the fields of more records; a field keeps the type it was first seen with. */
export function extendSchema(schema: string | null, records: readonly RecordInput[]): string {
  const known = schema === null ? EMPTY : (JSON.parse(schema) as RecordSchema);
  const inputs = new Map(Object.entries(known.inputs));
  const expectations = new Map(Object.entries(known.expectations));
  const outputs = new Map(typeof known.outputs === 'string' ? [] : Object.entries(known.outputs));
  let whole = typeof known.outputs === 'string' ? known.outputs : undefined;
  for (const record of records) {
    note(inputs, record.inputs);
    note(expectations, record.expectations ?? {});
    if (isExactObject(record.outputs)) note(outputs, record.outputs);
    else if (record.outputs !== undefined && record.outputs !== null) whole ??= typeName(record.outputs);
  }
  return JSON.stringify({
    inputs: Object.fromEntries(inputs),
    outputs: outputs.size === 0 && whole !== undefined ? whole : Object.fromEntries(outputs),
    expectations: Object.fromEntries(expectations),
    version: '1.0',
  });
}

function note(fields: Map<string, ExactJson>, seen: ExactObject): void {
  for (const [name, value] of Object.entries(seen)) if (!fields.has(name)) fields.set(name, typeName(value));
}

/** In the names that clients know. */
function typeName(value: ExactJson): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value;
  const number = numberSource(value);
  if (number !== undefined) return /^-?\d+$/.test(number) ? 'integer' : 'float';
  return Array.isArray(value) ? 'array' : 'object';
}
