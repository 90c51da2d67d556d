import { type ReleaseManifest, releaseManifestSchema } from '../../decide/release.ts';
import { TendError } from '../../kernel/error.ts';
import type { PredictionRecord } from '../../serve/prediction-record.ts';
import { parseJsonText } from '../../store/json-text.ts';
import type { StageScope } from '../stage-scope.ts';
import { type ArchivedRelease, sampleName, stateName } from './archive/archive-manifest.ts';
import { type ArchiveEntry, textEntry } from './archive/write-archive.ts';
import type { ExitRelease } from './exit-subject.ts';
import { type SampleNeeds, sampleNeeds } from './release-sample.ts';
import { type FoundStates, tableStates } from './table-states.ts';

/** Port: logged predictions of a release, spread over its life; fewer where fewer were logged. */
export type SampleLogged = (asked: {
  readonly project: string;
  readonly endpoint: string;
  /** SHA-256 of its manifest. */
  readonly release: string;
  readonly limit: number;
}) => Promise<readonly PredictionRecord[]>;

/** What an archive holds of one release. */
export interface CollectedRelease {
  readonly archived: ArchivedRelease;
  readonly manifest: ReleaseManifest;
  readonly entries: readonly ArchiveEntry[];
  /** Predictions not in the archive: without an answer, or at boundaries whose states are gone. */
  readonly leftOut: number;
}

/**
 * Logged predictions of one release in its archive: a thousand and some, so that a thousand are left when
 * some cannot be asked again.
 */
const SAMPLE_ROWS = 1_200;

/**
 * Everything that lets a release answer again as it did: manifest, model, native model, the states of its
 * feature tables, and predictions that it logged with what it answered. `place` is its place in the archive.
 * @throws STATE_UNREADABLE where a blob is missing; UNAVAILABLE where a table has no state at all
 */
export async function collectRelease(
  scope: StageScope,
  release: ExitRelease,
  place: number,
  sample: SampleLogged,
): Promise<CollectedRelease> {
  const manifest = await readManifest(scope, release.hash);
  const modelBytes = await scope.blobs.read(manifest.modelBlob);
  const { project } = scope;
  const { endpoint, hash, model, version } = release;
  const logged =
    endpoint === null ? [] : await sample({ project, endpoint, release: hash, limit: SAMPLE_ROWS });
  const answered = logged.filter((record) => record.prediction !== null && !record.error);
  const records = answered.toSorted((a, b) => a.t - b.t || (a.id < b.id ? -1 : 1));
  const needs = sampleNeeds(manifest, modelBytes, records);
  const found: FoundStates[] = [];
  for (const [index, table] of manifest.tables.entries()) {
    const states = await tableStates(scope, release, table, needs.tables[index] ?? new Map());
    if (states.states.length === 0) throw noState(release, table.name);
    found.push(states);
  }
  const kept = records.filter((_, index) => isKnown(needs, found, index));
  return {
    archived: { hash, model, version, endpoint, predictions: kept.length },
    manifest,
    leftOut: logged.length - kept.length,
    entries: [
      ...(await blobEntries(scope, release, manifest)),
      textEntry(sampleName(place), kept.map((record) => `${JSON.stringify(record)}\n`).join('')),
      ...found.flatMap(({ states }, table) =>
        states.map((state) => textEntry(stateName(place, table, state.at), JSON.stringify(state))),
      ),
    ],
  };
}

/** Are all boundaries known that the prediction looks at? */
function isKnown(needs: SampleNeeds, found: readonly FoundStates[], index: number): boolean {
  const boundaries = needs.boundaries[index] ?? [];
  return boundaries.every((at, table) => Number.isNaN(at) || found[table]?.known.has(at) === true);
}

/** Manifest, served model and, where a run made it, the model with what explanations need. */
async function blobEntries(
  scope: StageScope,
  { hash, runId }: ExitRelease,
  { modelBlob }: ReleaseManifest,
): Promise<ArchiveEntry[]> {
  const native = await nativeBlob(scope, runId);
  const hashes = [hash, modelBlob, ...(native === null ? [] : [native])];
  return [...new Set(hashes)].map((one) => ({ name: `blobs/${one}`, read: () => scope.blobs.read(one) }));
}

/** The native model that a run left behind; null where it left none. */
export async function nativeBlob(
  scope: Pick<StageScope, 'db' | 'blobs'>,
  runId: string | null,
): Promise<string | null> {
  if (runId === null) return null;
  const run = await scope.db.query
    .selectFrom('run')
    .select('outputs')
    .where('id', '=', runId)
    .executeTakeFirst();
  const outputs = parseJsonText(run?.outputs ?? 'null') as { readonly nativeBlob?: unknown } | null;
  const native = outputs?.nativeBlob;
  return typeof native === 'string' && (await scope.blobs.has(native)) ? native : null;
}

async function readManifest(scope: StageScope, hash: string): Promise<ReleaseManifest> {
  const text = Buffer.from(await scope.blobs.read(hash)).toString('utf8');
  const parsed = releaseManifestSchema.safeParse(parseJsonText(text));
  if (!parsed.success) throw new TendError('STATE_UNREADABLE', `blob ${hash} is no release manifest`);
  return parsed.data;
}

function noState({ version }: ExitRelease, table: string): TendError {
  return new TendError(
    'UNAVAILABLE',
    `version ${version} cannot be archived: ${table} has no state any more`,
    {
      hint: 'Apply the project once, so that the table is published, and retire it then.',
    },
  );
}
