/** The part of a content hash that people compare: enough to tell 2^48 things apart. */
const SHOWN = 12;

/** The head of a content hash, without a leading algorithm name such as `sha256:`. */
export function shortHash(hash: string): string {
  return hash.replace(/^[a-z0-9-]+:/, '').slice(0, SHOWN);
}
