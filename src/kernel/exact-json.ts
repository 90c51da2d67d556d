/** A value read from JSON in which every number is still as it was written. */
export type ExactJson =
  | null
  | boolean
  | number
  | string
  | readonly ExactJson[]
  | { readonly [name: string]: ExactJson };

/** An object of such values. */
export type ExactObject = Readonly<Record<string, ExactJson>>;

/** What the language has and its type declarations do not yet (ECMAScript proposal, stage 4). */
interface SourceTextJson {
  readonly parse: (
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => value is { readonly rawJSON: string };
}

const json = JSON as unknown as SourceTextJson;

/**
 * Parses JSON whose numbers must come back as they came: integers beyond 2^53, and 1.0, which is another
 * type than 1 to whoever wrote it. What a double would spell otherwise becomes an object that
 * `JSON.stringify` spells as it was. @throws SyntaxError
 */
export function parseExactJson(text: string): ExactJson {
  return json.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? json.rawJSON(source)
      : value,
  ) as ExactJson;
}

/** The text of a number, whether it was kept as text or not; undefined for any other value. */
export function numberSource(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return json.isRawJSON(value) ? value.rawJSON : undefined;
}

/** Whether a value is an object with names, and no number that was kept as text. */
export function isExactObject(value: unknown): value is ExactObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}

/** One spelling for each value: names in order, numbers as they were written. */
export function sortedJson(value: ExactJson): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    isExactObject(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : one,
  );
}
