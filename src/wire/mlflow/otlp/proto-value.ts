import type { JsonText } from '../../../store/json-text.ts';
import { bytesJson, doubleJson, textJson } from './json-value.ts';
import { bytesOf, damaged, intOf, protoFields, textOf } from './proto-fields.ts';
import type { ValueBudget } from './value-budget.ts';

/** An AnyValue (opentelemetry/proto/common/v1) as JSON; null where it holds none. */
export function protoValue(bytes: Uint8Array, budget: ValueBudget, depth = 0): JsonText {
  budget.spend(depth);
  let json = 'null';
  for (const field of protoFields(bytes)) {
    if (field.number === 1) json = textJson(textOf(field));
    else if (field.number === 2) json = intOf(field, 'varint') === 0n ? 'false' : 'true';
    else if (field.number === 3) json = String(BigInt.asIntN(64, intOf(field, 'varint')));
    else if (field.number === 4) json = doubleJson(doubleOf(intOf(field, 'fixed64')));
    else if (field.number === 5) json = arrayJson(bytesOf(field), budget, depth);
    else if (field.number === 6) json = objectJson(protoPairs(bytesOf(field), 1, budget, depth + 1));
    else if (field.number === 7) json = bytesJson(bytesOf(field));
  }
  return json;
}

function arrayJson(bytes: Uint8Array, budget: ValueBudget, depth: number): JsonText {
  const items: JsonText[] = [];
  for (const field of protoFields(bytes))
    if (field.number === 1) items.push(protoValue(bytesOf(field), budget, depth + 1));
  return `[${items.join(',')}]`;
}

function objectJson(pairs: ReadonlyMap<string, JsonText>): JsonText {
  const members: string[] = [];
  for (const [name, value] of pairs) members.push(`${JSON.stringify(name)}:${value}`);
  return `{${members.join(',')}}`;
}

/** KeyValues in the field `number` of a message; of two with one name the last counts. */
function protoPairs(
  bytes: Uint8Array,
  number: number,
  budget: ValueBudget,
  depth: number,
): ReadonlyMap<string, JsonText> {
  const pairs = new Map<string, JsonText>();
  for (const field of protoFields(bytes))
    if (field.number === number) addProtoPair(pairs, bytesOf(field), budget, depth);
  return pairs;
}

/** Adds one KeyValue. */
export function addProtoPair(
  pairs: Map<string, JsonText>,
  bytes: Uint8Array,
  budget: ValueBudget,
  depth = 0,
): void {
  let name: string | undefined;
  let value = 'null';
  for (const field of protoFields(bytes)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) value = protoValue(bytesOf(field), budget, depth);
  }
  if (name === undefined && value === 'null') throw damaged('an attribute has neither name nor value');
  pairs.set(name ?? '', value);
}

const DOUBLE = new DataView(new ArrayBuffer(8));

function doubleOf(bits: bigint): number {
  DOUBLE.setBigUint64(0, bits);
  return DOUBLE.getFloat64(0);
}
