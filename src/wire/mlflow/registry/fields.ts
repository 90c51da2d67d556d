import { VERSION_STAGES, type VersionStage } from '../../../lifecycle/training/registry/registered-model.ts';
import { type Field, idText, list, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { invalid } from '../mlflow-error.ts';
import { key, refuseTwice } from '../tracking/keys.ts';

const NAME_CHARS_MAX = 256;
const ALIAS_CHARS_MAX = 255;
/** The text of a prompt is a tag. */
const TAG_CHARS_MAX = 100_000;
/** Longest description; a request has at most 1 MB. */
export const DESCRIPTION_CHARS_MAX = 1_000_000;

/**
 * A name of a model. Names become parts of addresses: what means something there, and what would be such a
 * sign if it were decoded once more, is refused, so that no two names are one address.
 */
export function modelName(): Field<string> {
  const plain = text(NAME_CHARS_MAX);
  return {
    kind: 'one',
    read: (value, name) => {
      const read = plain.read(value, name);
      if (read.trim() === '') throw invalid('Registered model name cannot be empty.');
      // Control characters are what is meant.
      // eslint-disable-next-line no-control-regex
      if (/[/:\\#?%\u0000-\u001f\u007f]/.test(read) || read === '.' || read === '..')
        throw invalid(
          `Invalid model name ${JSON.stringify(read)}. Names cannot contain '/' or ':', nor \\, #, ?, % or ` +
            'control characters, and are not . or ...',
        );
      return read;
    },
  };
}

/** A number of a version, which is a text. */
export function versionNumber(): Field<number> {
  const plain = idText();
  return {
    kind: 'one',
    read: (value, name) => {
      const read = plain.read(value, name);
      if (!/^\d{1,15}$/.test(read))
        throw invalid(`Model version must be an integer, got ${JSON.stringify(read)}`);
      return Number(read);
    },
  };
}

/** An alias as it is asked for. */
export function aliasName(): Field<string> {
  const plain = text(ALIAS_CHARS_MAX);
  return {
    kind: 'one',
    read: (value, name) => {
      const read = plain.read(value, name);
      if (read === '') throw invalid('Registered model alias name cannot be empty.');
      if (!/^[\p{L}\p{N}_-]+$/u.test(read))
        throw invalid(
          `Invalid alias name: ${JSON.stringify(read)}. Names may only contain alphanumerics, underscores ` +
            '(_) and dashes (-).',
        );
      return read;
    },
  };
}

/** An alias that may be set: none that looks like a version. */
export function newAliasName(): Field<string> {
  const any = aliasName();
  return {
    kind: 'one',
    read: (value, name) => {
      const read = any.read(value, name);
      if (/^(?:latest|v\d+)$/i.test(read))
        throw invalid(
          `'${read}' alias name is reserved, as latest and v with a number are names of versions.`,
        );
      return read;
    },
  };
}

/** A stage in any capitals. */
export function versionStage(): Field<VersionStage> {
  const plain = text(100);
  return {
    kind: 'one',
    read: (value, name) => {
      const read = plain.read(value, name);
      const found = VERSION_STAGES.find((one) => one.toLowerCase() === read.toLowerCase());
      if (found !== undefined) return found;
      throw invalid(
        `Invalid Model Version stage: ${JSON.stringify(read)}. ` +
          `Value must be one of ${VERSION_STAGES.join(', ')}.`,
      );
    },
  };
}

/** Tags in a request that makes something. */
export const newTags = list(message({ key: required(key()), value: text(TAG_CHARS_MAX) }), 1_000);

/** Tags without their optional values; each key once. */
export function readTags(tags: readonly { readonly key: string; readonly value: string | undefined }[]) {
  refuseTwice(tags, 'tag');
  return tags.map((tag) => ({ key: tag.key, value: tag.value ?? '' }));
}

/** Members of a request that sets a tag. */
export const tagFields = { key: required(key()), value: required(text(TAG_CHARS_MAX)) };
