import type { Json } from '../../../kernel/json.ts';
import { invalid } from '../mlflow-error.ts';
import { type Field, text, wrongType } from './field.ts';

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** A google.protobuf.Timestamp (RFC 3339), as milliseconds. */
export function timestamp(): Field<number> {
  return {
    kind: 'one',
    read: (value, name) => {
      const ms = typeof value === 'string' && TIMESTAMP.test(value) ? Date.parse(value) : Number.NaN;
      if (!Number.isFinite(ms)) throw wrongType(value, name);
      return ms;
    },
  };
}

/** A google.protobuf.Duration (`1.5s`), as milliseconds. */
export function duration(): Field<number> {
  return {
    kind: 'one',
    read: (value, name) => {
      const seconds = typeof value === 'string' ? /^(\d{1,11}(?:\.\d{1,9})?)s$/.exec(value)?.[1] : undefined;
      if (seconds === undefined) throw wrongType(value, name);
      return Math.round(Number(seconds) * 1_000);
    },
  };
}

/** Milliseconds as a google.protobuf.Timestamp. */
export function timestampText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Milliseconds as a google.protobuf.Duration. */
export function durationText(ms: number): string {
  return `${(ms / 1_000).toFixed(3).replace(/\.?0+$/, '')}s`;
}

/** Entries of a map of texts, at most `max`; what is longer than `charsMax` is cut. */
export function textMap(
  max: number,
  charsMax: number,
): Field<readonly { readonly key: string; readonly value: string }[]> {
  const [keys, values] = [text(250), text()];
  return {
    kind: 'list',
    read: (value, name) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(value, name);
      const entries = Object.entries(value);
      if (entries.length > max)
        throw invalid(
          `Invalid value for parameter '${name}' supplied: ${entries.length} entries, at most ${max}.`,
        );
      return entries.map(([key, one]) => ({
        key: keys.read(key, name),
        value: values.read(one, `${name}.${key}`).slice(0, charsMax),
      }));
    },
  };
}

/** Any JSON (google.protobuf.Value); texts are such that both databases keep them. */
export function anyJson(): Field<Json> {
  return {
    kind: 'one',
    read: (value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '\\ufffd')) as Json,
  };
}
