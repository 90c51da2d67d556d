import type { JsonText } from '../../../store/json-text.ts';
import { bytesJson, doubleJson, textJson } from './json-value.ts';
import { listIn, type Loose, looseObject, textIn } from './loose-object.ts';
import { damaged } from './proto-fields.ts';
import type { ValueBudget } from './value-budget.ts';

/** KeyValues of OTLP's JSON; of two with one name the last counts. @throws INVALID_PARAMETER_VALUE */
export function jsonPairs(value: unknown, budget: ValueBudget, depth: number): ReadonlyMap<string, JsonText> {
  const pairs = new Map<string, JsonText>();
  for (const pair of listIn({ attributes: value }, 'attributes'))
    pairs.set(textIn(pair, 'key'), anyValue(pair['value'], budget, depth));
  return pairs;
}

/** An AnyValue as JSON; null where it holds none. */
function anyValue(value: unknown, budget: ValueBudget, depth: number): JsonText {
  budget.spend(depth);
  if (value === undefined || value === null) return 'null';
  const any = looseObject(value, 'a value');
  if (any['stringValue'] !== undefined) return textJson(textIn(any, 'stringValue'));
  if (any['boolValue'] !== undefined) {
    if (typeof any['boolValue'] !== 'boolean') throw damaged('boolValue is neither true nor false');
    return String(any['boolValue']);
  }
  if (any['intValue'] !== undefined) return integer(any['intValue']);
  if (any['doubleValue'] !== undefined) return double(any['doubleValue']);
  if (any['bytesValue'] !== undefined) return bytesJson(Buffer.from(textIn(any, 'bytesValue'), 'base64'));
  if (any['arrayValue'] !== undefined) {
    const items = valuesIn(any['arrayValue'], 'arrayValue');
    return `[${items.map((one) => anyValue(one, budget, depth + 1)).join(',')}]`;
  }
  if (any['kvlistValue'] === undefined) return 'null';
  const pairs = jsonPairs(valuesIn(any['kvlistValue'], 'kvlistValue'), budget, depth + 1);
  return `{${[...pairs].map(([name, one]) => `${JSON.stringify(name)}:${one}`).join(',')}}`;
}

function valuesIn(value: unknown, name: string): readonly Loose[] {
  return listIn(looseObject(value, name), 'values');
}

function integer(value: unknown): JsonText {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && /^-?\d{1,19}$/.test(text)) {
    const int = BigInt(text);
    if (BigInt.asIntN(64, int) === int) return String(int);
  }
  throw damaged('intValue is no integer of 64 bits');
}

function double(value: unknown): JsonText {
  if (typeof value === 'number') return doubleJson(value);
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return doubleJson(Number(value));
  throw damaged('doubleValue is no number');
}
