import { z } from 'zod';

/** What the first file of an archive says of it. */
export const ARCHIVE_FORMAT = 'tend.archive/v1';
/** Name of the first file. */
export const MANIFEST_NAME = 'manifest.json';
/** Name of the last file: a line for each other one, as `sha256sum --check` reads it. */
export const SUMS_NAME = 'SHA256SUMS';

/** More files than a long life leaves behind; a bound on what a reader takes in. */
const FILES_MAX = 200_000;
const RELEASES_MAX = 1_000;

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const word = z.string().min(1).max(200);

/**
 * Names of the files between manifest and sums: blobs by their hash, states of the feature tables by place
 * of release and table in the manifest and their moment, logged predictions by place of their release, and
 * records. None can lead out of a folder.
 */
const FILE_NAMES = [
  /^blobs\/[0-9a-f]{64}$/,
  /^features\/[1-9]\d{0,3}\/[1-9]\d{0,2}\/-?\d{1,16}\.json$/,
  /^sample\/[1-9]\d{0,3}\.jsonl$/,
  /^records\/[a-z][a-z-]{0,40}\.(?:json|jsonl|yaml)$/,
];

/** A file of an archive. */
const archivedFile = z.strictObject({
  name: z.string().refine((name) => FILE_NAMES.some((known) => known.test(name)), {
    message: 'expected a name that an archive has',
  }),
  size: z.int().min(0),
  sha256: sha256Hex,
});

const archivedRelease = z.strictObject({
  /** SHA-256 of the release manifest, a blob. */
  hash: sha256Hex,
  model: word,
  version: word,
  /** The endpoint at which it answered; null where it never did. */
  endpoint: word.nullable(),
  /** Its logged predictions that the archive carries, of those that were logged. */
  predictions: z.int().min(0),
});
export type ArchivedRelease = z.output<typeof archivedRelease>;

const servedEndpoint = z.strictObject({
  name: word,
  project: word,
  routes: z
    .array(
      z.strictObject({
        release: sha256Hex,
        version: word,
        weight: z.number().min(0).max(1),
        role: z.enum(['stable', 'candidate', 'warm']),
      }),
    )
    .min(1)
    .max(20),
});

/** The table of contents of an archive, and what is needed to let its releases answer again. */
export const archiveManifest = z.strictObject({
  format: z.literal(ARCHIVE_FORMAT),
  kind: z.enum(['version', 'endpoint', 'project']),
  /** `model@2`, or the name of the endpoint or project. */
  subject: word,
  project: word,
  successor: word.nullable(),
  /** Version of Tend that wrote it. */
  tend: word,
  releases: z.array(archivedRelease).max(RELEASES_MAX),
  /** What answered where. */
  endpoints: z.array(servedEndpoint).max(RELEASES_MAX),
  /** Datasets that are named and not carried: their rows come from the sources. */
  data: z.array(z.strictObject({ dataset: word, hash: sha256Hex, rows: z.int().min(0) })),
  /** All files between this one and the sums, in the order of the archive. */
  files: z.array(archivedFile).max(FILES_MAX),
});
export type ArchiveManifest = z.output<typeof archiveManifest>;
export type ArchivedFile = z.output<typeof archivedFile>;
/** What an archive says of itself beside its files. */
export type ArchiveHead = Omit<ArchiveManifest, 'format' | 'files'>;

/** The text of the last file. */
export function sumsText(files: readonly Pick<ArchivedFile, 'name' | 'sha256'>[]): string {
  return files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}

/** Name of the logged predictions of a release, by its place from 0. */
export function sampleName(release: number): string {
  return `sample/${release + 1}.jsonl`;
}

/** Name of a state of a feature table, by the places of release and table from 0. */
export function stateName(release: number, table: number, at: number): string {
  return `features/${release + 1}/${table + 1}/${at}.json`;
}
