import type { Field } from '../codec/field.ts';
import { text } from '../codec/field.ts';
import { invalid } from '../mlflow-error.ts';

/** Longest key of a metric, a parameter or a tag. */
export const KEY_CHARS_MAX = 250;
/** What is longer is cut, not refused: a client's log must not fail for a long docstring. */
export const PARAM_CHARS_MAX = 6_000;
export const TAG_CHARS_MAX = 8_000;

const KEY = /^[\w\-. :/]+$/u;

/**
 * A key of a metric, a parameter or a tag: word characters, `- . : /` and spaces; no path that leads
 * elsewhere, as clients make files of such names.
 */
export function key(): Field<string> {
  const plain = text(KEY_CHARS_MAX);
  return {
    kind: 'one',
    read: (value, name) => {
      const read = plain.read(value, name);
      if (!KEY.test(read.replaceAll(/[\p{L}\p{N}]/gu, 'a')) || leadsElsewhere(read)) {
        throw invalid(
          `Invalid value ${JSON.stringify(read)} for parameter '${name}' supplied: Names may only contain ` +
            'alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and ' +
            'slashes (/), and must not be a path that leads elsewhere.',
        );
      }
      return read;
    },
  };
}

function leadsElsewhere(name: string): boolean {
  return name.split('/').some((part) => part === '' || part === '.' || part === '..');
}

/** A text that is cut at `max` characters. */
export function cutText(max: number): Field<string> {
  const plain = text(1_000_000);
  return { kind: 'one', read: (value, name) => plain.read(value, name).slice(0, max) };
}

/** Refuses a batch that names one key twice: which of the two counts would be chance. */
export function refuseTwice(items: readonly { readonly key: string }[], what: string): void {
  const seen = new Set<string>();
  for (const { key: name } of items) {
    if (seen.has(name))
      throw invalid(
        `Duplicate ${what} keys have been submitted: ['${name}']. Please ensure they are unique.`,
      );
    seen.add(name);
  }
}
