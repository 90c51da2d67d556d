import { TendError } from '../../../kernel/error.ts';

/** Folder at which the files of versions that Tend trained are read; nothing is ever put there. */
export const OWN_VERSIONS = 'tend-models';

/** Longest path; the router takes no longer parameter. */
const PATH_CHARS_MAX = 1_000;

/** Spellings that another decoding would turn into what is refused. */
const ENCODED = /%(?:2e|2f|5c|00|23|3f|25)/i;

/**
 * Names from the outermost folder to the artifact, of a path that was decoded once. Every way to artifacts
 * goes through here: reading, writing, listing, deleting. An artifact is a row and its bytes are a blob, so
 * no path can lead to another file of this machine; what is refused would lead a client elsewhere when it
 * downloads.
 *
 * @throws INVALID_INPUT for `..` and `.`, empty names, back slashes, control characters, `#`, `?`, absolute
 * paths, drive letters, and for what would be one of these if it were decoded again
 */
export function artifactNames(path: string): readonly string[] {
  if (path.length > PATH_CHARS_MAX) throw refused(path, `longer than ${PATH_CHARS_MAX} characters`);
  if (path === '') return [];
  if (path.startsWith('/')) throw refused(path, 'absolute');
  if (/^[a-z]:/i.test(path)) throw refused(path, 'with a drive letter');
  // Control characters are what is meant.
  // eslint-disable-next-line no-control-regex
  if (/[\\#?\u0000-\u001f\u007f]/.test(path))
    throw refused(path, 'with a character that means something else');
  if (ENCODED.test(path)) throw refused(path, 'encoded twice');
  const names = path.replace(/\/$/, '').split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    throw refused(path, 'with an empty name, . or ..');
  return names;
}

function refused(path: string, why: string): TendError {
  return new TendError('INVALID_INPUT', `Invalid path: ${JSON.stringify(path.slice(0, 200))} is ${why}.`);
}
