import type { Plain } from '../../../lifecycle/monitoring/spans/parse-plain-json.ts';

/** A value as an AnyValue in protobuf's JSON. */
export function anyValueJson(value: Plain): object {
  if (value === null) return {};
  if (typeof value === 'string') return { string_value: value };
  if (typeof value === 'boolean') return { bool_value: value };
  if (typeof value === 'bigint') return { int_value: String(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { int_value: String(value) } : { double_value: value };
  if (Array.isArray(value)) return { array_value: { values: value.map((one: Plain) => anyValueJson(one)) } };
  const members = Object.entries(value as { readonly [name: string]: Plain });
  const [first] = members;
  if (members.length === 1 && first?.[0] === '$double') return { double_value: first[1] };
  if (members.length === 1 && first?.[0] === '$bytes') return { bytes_value: first[1] };
  return { kvlist_value: { values: members.map(([key, one]) => ({ key, value: anyValueJson(one) })) } };
}
