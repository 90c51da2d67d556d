import { damaged } from './proto-fields.ts';

/** An object of JSON of which members are still unknown. */
export type Loose = Readonly<Record<string, unknown>>;

/** @throws INVALID_PARAMETER_VALUE for what is no object */
export function looseObject(value: unknown, name: string): Loose {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Loose;
  throw damaged(`${name} is no object`);
}

/** A list of objects; none where nothing came. @throws INVALID_PARAMETER_VALUE */
export function listIn(object: Loose, name: string): readonly Loose[] {
  const value = object[name] ?? [];
  if (!Array.isArray(value)) throw damaged(`${name} is no list`);
  return value.map((one) => looseObject(one, name));
}

/** A text; empty where nothing came. @throws INVALID_PARAMETER_VALUE */
export function textIn(object: Loose, name: string): string {
  const value = object[name] ?? '';
  if (typeof value !== 'string') throw damaged(`${name} is no text`);
  return value.replaceAll('\0', '\uFFFD').toWellFormed();
}
