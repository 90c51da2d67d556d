import { OPERATIONS } from './schema.gen.ts';
import type { Operations } from './schema.gen.ts';

export type OperationName = keyof Operations & keyof typeof OPERATIONS;

/** One HTTP request, as data. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  /** JSON text; undefined: no body. */
  readonly body: string | undefined;
}

/** Path fields go into the path, the rest into the query of a GET or DELETE, and into the body otherwise. */
export function apiRequest(name: OperationName, input: Readonly<Record<string, unknown>>): ApiRequest {
  const { method, path } = OPERATIONS[name];
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest.get(field);
    if (value === undefined) throw new Error(`${name} expects "${field}", which is part of its path`);
    rest.delete(field);
    return encodeURIComponent(fieldText(field, value));
  });
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams(
      [...rest].map(([field, value]): [string, string] => [field, fieldText(field, value)]),
    );
    return { method, url: rest.size === 0 ? filled : `${filled}?${query}`, body: undefined };
  }
  return { method, url: filled, body: JSON.stringify(Object.fromEntries(rest)) };
}

function fieldText(field: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Error(`expected "${field}" to be plain, as it goes into the address`);
}
