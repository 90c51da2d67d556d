import { asJson } from '../../kernel/json.ts';
import { newId } from '../../kernel/id.ts';
import { build } from '../../store/build.ts';
import { jsonText } from '../../store/json-text.ts';
import { type Evidenced, evidencedStep, type StageScope } from '../stage-scope.ts';
import type { ArchiveHead } from './archive/archive-manifest.ts';
import { writeArchive } from './archive/write-archive.ts';
import { collectRecords } from './collect-records.ts';
import { type CollectedRelease, collectRelease, type SampleLogged } from './collect-release.ts';
import type { ExitSubject } from './exit-subject.ts';
import { findTombstone } from './tombstone-store.ts';

/** The archive of a subject, as later steps need it. */
export type ArchiveMade = {
  readonly id: string;
  readonly hash: string;
  readonly sizeBytes: number;
  readonly predictions: number;
  /** What was answered where, for the record of what goes. */
  readonly releases: readonly string[];
};

/**
 * Puts the subject away in one file. An exit that was begun before and has erased already takes the archive
 * of then: there may be nothing left to make another one of.
 */
export function archiveStep(
  scope: StageScope,
  subject: ExitSubject,
  successor: string | null,
  sample: SampleLogged,
): Promise<Evidenced<ArchiveMade>> {
  return evidencedStep<ArchiveMade>(scope, 'decommissioning', 'archive', async () => {
    const kept = await archiveOf(scope, subject);
    if (kept !== undefined) return { result: kept, evidence: [] };
    const releases: CollectedRelease[] = [];
    for (const [place, release] of subject.releases.entries()) {
      scope.workflow.report({ text: `decommissioning: archiving version ${release.version}` });
      releases.push(await collectRelease(scope, release, place, sample));
    }
    const specHashes = releases.map(({ manifest }) => manifest.specHash);
    const records = await collectRecords(scope, subject, specHashes);
    const head: ArchiveHead = {
      kind: subject.kind,
      subject: subject.name,
      project: subject.project,
      successor,
      tend: scope.version,
      releases: releases.map(({ archived }) => archived),
      endpoints: endpointsOf(subject, releases),
      data: records.data,
    };
    const entries = [...distinct(releases.flatMap((release) => release.entries)), ...records.entries];
    const { hash, sizeBytes, manifest } = await writeArchive(scope.blobs, head, entries);
    const files = manifest.files.length;
    const id = newId('arc', scope.clock, scope.random);
    const predictions = releases.reduce((sum, { archived }) => sum + archived.predictions, 0);
    const leftOut = releases.reduce((sum, release) => sum + release.leftOut, 0);
    const row = {
      id,
      project: scope.project,
      kind: subject.kind,
      subject: subject.name,
      blob_hash: hash,
      size_bytes: sizeBytes,
      manifest: jsonText(asJson(manifest)),
      created_at: scope.clock.now(),
    };
    return {
      result: { id, hash, sizeBytes, predictions, releases: subject.releases.map((one) => one.hash) },
      statements: [{ query: build.insertInto('archive').values(row), expect: 1 }],
      evidence: [
        {
          kind: 'archive',
          subject: hash,
          verdict: 'pass' as const,
          title: `Archived in one file: ${files} files, ${sizeBytes.toLocaleString('en')} bytes`,
          body: {
            archive: id,
            hash,
            size_bytes: sizeBytes,
            predictions,
            predictions_left_out: leftOut,
            releases: manifest.releases.map(asJson),
            data: manifest.data.map(asJson),
            files,
          },
        },
      ],
    };
  });
}

/** The archive of an exit that came as far as its tombstone. */
async function archiveOf(scope: StageScope, { kind, name }: ExitSubject): Promise<ArchiveMade | undefined> {
  const archiveId = (await findTombstone(scope.db, { kind, name }))?.archiveId ?? null;
  if (archiveId === null) return undefined;
  const row = await scope.db.query
    .selectFrom('archive')
    .selectAll()
    .where('id', '=', archiveId)
    .executeTakeFirst();
  if (row === undefined || !(await scope.blobs.has(row.blob_hash))) return undefined;
  const { releases } = JSON.parse(row.manifest) as { readonly releases: ArchiveHead['releases'] };
  return {
    id: row.id,
    hash: row.blob_hash,
    sizeBytes: row.size_bytes,
    predictions: releases.reduce((sum, release) => sum + release.predictions, 0),
    releases: releases.map((release) => release.hash),
  };
}

/** What answers once it is restored: at each endpoint what had traffic there, else its last release. */
function endpointsOf(
  { routed }: ExitSubject,
  releases: readonly CollectedRelease[],
): ArchiveHead['endpoints'] {
  const byName = Map.groupBy(releases, ({ archived, manifest }) => archived.endpoint ?? manifest.project);
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, own]) => {
      const traffic = routed.filter((route) => route.endpoint === name && route.weight > 0);
      const served = own.find(({ archived }) => traffic.some((route) => route.hash === archived.hash));
      const chosen = served ?? own.at(-1);
      if (chosen === undefined) return [];
      const { hash: release, version } = chosen.archived;
      const routes = [{ release, version, weight: 1, role: 'stable' as const }];
      return [{ name, project: chosen.manifest.project, routes }];
    });
}

/** Two releases may share a blob. */
function distinct<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}
