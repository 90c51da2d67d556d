import type { Database } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';

/**
 * The release that answered with the version, the run and the candidacy it came from, in one query; undefined
 * where no such release is recorded.
 */
export function releaseRow(db: Database, hash: string) {
  return db.query
    .selectFrom('release')
    .leftJoin('model_version', 'model_version.manifest_hash', 'release.hash')
    .leftJoin('run', 'run.id', 'model_version.run_id')
    .leftJoin('candidate', 'candidate.release_hash', 'release.hash')
    .select([
      'release.hash',
      'release.version as release_version',
      'release.manifest',
      'release.created_at as release_created_at',
      'model_version.model',
      'model_version.version',
      'model_version.blob_hash',
      'model_version.created_at as version_created_at',
      'run.id as run_id',
      'run.started_at',
      'run.ended_at',
      'run.params',
      'run.tags',
      'run.inputs',
      'run.digest',
      'candidate.retraining_id',
      'candidate.window',
      'candidate.state as candidate_state',
      'candidate.reason as candidate_reason',
      'candidate.evidence as candidate_evidence',
    ])
    .where('release.hash', '=', hash)
    .limit(1)
    .executeTakeFirst();
}

/** What `releaseRow` reads. */
export type ReleaseRow = NonNullable<Awaited<ReturnType<typeof releaseRow>>>;

/**
 * The partitions of a dataset version and of the newest version of the same dataset, each with its version;
 * in their order.
 */
export function partitionRows(db: Database, project: string, hash: string) {
  return db.query
    .selectFrom('dataset_version as version')
    .leftJoin('partition', (join) =>
      join
        .onRef('partition.project', '=', 'version.project')
        .onRef('partition.dataset', '=', 'version.dataset')
        .onRef('partition.version_hash', '=', 'version.hash'),
    )
    .select([
      'version.dataset',
      'version.hash',
      'version.row_count as version_rows',
      'version.created_at',
      'partition.name',
      'partition.row_count',
      'partition.content_hash',
      'partition.blob_hash',
      'partition.reason',
      'partition.quarantined',
    ])
    .where('version.project', '=', project)
    .where((where) =>
      where.or([
        where('version.hash', '=', hash),
        where('version.id', '=', (select) =>
          select
            .selectFrom('dataset_version as newest')
            .innerJoin('dataset_version as asked', (join) =>
              join
                .onRef('asked.project', '=', 'newest.project')
                .onRef('asked.dataset', '=', 'newest.dataset'),
            )
            .select('newest.id')
            .where('asked.hash', '=', hash)
            .where('newest.project', '=', project)
            .orderBy('newest.created_at', 'desc')
            .orderBy('newest.id', 'desc')
            .limit(1),
        ),
      ]),
    )
    .orderBy('version.created_at')
    .orderBy('partition.seq')
    .execute();
}

/** One row of `partitionRows`. */
export type PartitionRow = Awaited<ReturnType<typeof partitionRows>>[number];

/** Kinds of evidence whose bodies a trace reads; all others are named by their titles. */
const READ_KINDS = ['dataset-version', 'gate'];

/** Evidence about any of the subjects, or with one of the ids, oldest first. */
export function evidenceRows(
  db: Database,
  project: string,
  about: { readonly subjects: readonly string[]; readonly ids: readonly string[] },
) {
  return db.query
    .selectFrom('evidence')
    .select(['id', 'stage', 'kind', 'verdict', 'title', 'hash', 'created_at', 'subject'])
    .select((select) =>
      select.case().when('kind', 'in', READ_KINDS).then(select.ref('body')).else(null).end().as('body'),
    )
    .where('project', '=', project)
    .where((where) =>
      where.or([
        where('subject', 'in', [...about.subjects]),
        ...(about.ids.length === 0 ? [] : [where('id', 'in', [...about.ids])]),
      ]),
    )
    .orderBy('id')
    .execute();
}

/** One row of `evidenceRows`. */
export type EvidenceRow = Awaited<ReturnType<typeof evidenceRows>>[number];

/** The ledger entries of a project about any of the subjects, in their order. */
export function ledgerRows(db: Database, project: string, subjects: readonly string[]) {
  return db.query
    .selectFrom('ledger')
    .select(['chain', 'seq', 'at', 'actor', 'action', 'subject', 'hash'])
    .where('chain', '=', projectChain(project))
    .where('subject', 'in', [...subjects])
    .orderBy('seq')
    .execute();
}
