import { invalid } from '../mlflow-error.ts';
import { type Field, wrongType } from './field.ts';

/** A field that must be there. */
export interface RequiredField<T> {
  readonly required: Field<T>;
}

/** Marks a field as one that must be there. */
export function required<T>(field: Field<T>): RequiredField<T> {
  return { required: field };
}

type Shape = Readonly<Record<string, Field<unknown> | RequiredField<unknown>>>;

/** What a message of a shape is read to: lists are empty where nothing came, the rest is undefined. */
export type MessageOf<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends RequiredField<infer T>
    ? T
    : S[K] extends Field<readonly (infer I)[]>
      ? readonly I[]
      : S[K] extends Field<infer T>
        ? T | undefined
        : never;
};

/** Fields by name; others that come are ignored, so that newer clients are understood. */
export interface Message<T> extends Field<T> {
  /** Reads a query: a field of one value takes the last, a list all. */
  readonly readQuery: (query: URLSearchParams, params: Readonly<Record<string, string>>) => T;
}

/** A message of these fields. */
export function message<S extends Shape>(shape: S): Message<MessageOf<S>> {
  const fields = Object.entries(shape).map(([name, one]) => {
    const isRequired = 'required' in one;
    return { name, isRequired, field: isRequired ? one.required : one };
  });
  const read = (value: unknown, at: string): MessageOf<S> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(value, at);
    const given = value as Readonly<Record<string, unknown>>;
    const made: Record<string, unknown> = {};
    for (const { name, isRequired, field } of fields) {
      const own = Object.hasOwn(given, name) ? given[name] : undefined;
      const full = at === '' ? name : `${at}.${name}`;
      if (own === undefined || own === null) {
        if (isRequired) throw missing(full);
        made[name] = field.kind === 'list' ? [] : undefined;
      } else made[name] = field.read(own, full);
    }
    return made as MessageOf<S>;
  };
  const readQuery = (query: URLSearchParams, params: Readonly<Record<string, string>>): MessageOf<S> => {
    const given: Record<string, unknown> = {};
    for (const { name, field } of fields) {
      const all = query.getAll(name);
      if (Object.hasOwn(params, name)) given[name] = params[name];
      else if (all.length > 0) given[name] = field.kind === 'list' ? all : all.at(-1);
    }
    return read(given, '');
  };
  return { kind: 'one', read, readQuery };
}

/** The refusal of a request without a field, in the words that clients look for. */
export function missing(name: string): Error {
  return invalid(
    `Missing value for required parameter '${name}'. ` +
      'See the API docs for more information about request parameters.',
  );
}
