import { z } from 'zod';
import { canonicalJson } from '../../kernel/hash.ts';
import { parseJsonText } from '../../store/json-text.ts';
import { exportChain } from '../../store/ledger.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { Tables } from '../../store/tables/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import { type ArchiveEntry, textEntry } from './archive/write-archive.ts';
import type { ExitSubject } from './exit-subject.ts';

/** What an archive tells of the life of its subject, beside what answers. */
export interface CollectedRecords {
  readonly entries: readonly ArchiveEntry[];
  readonly data: { readonly dataset: string; readonly hash: string; readonly rows: number }[];
}

/**
 * The records of a subject: what was declared, how it was made, judged and approved, and the whole ledger of
 * its project up to now, which `tend ledger verify` takes as it is. Of a version only what is about it; of a
 * project all.
 */
export async function collectRecords(
  scope: StageScope,
  subject: ExitSubject,
  specHashes: readonly string[],
): Promise<CollectedRecords> {
  const { db, project } = scope;
  const whole = subject.kind === 'project';
  const declared = await declaration(scope, specHashes);
  const runs = subject.releases.flatMap(({ runId }) => (runId === null ? [] : [runId]));
  const versions = await db.query
    .selectFrom('model_version')
    .selectAll()
    .where('manifest_hash', 'in', ['', ...subject.releases.map((release) => release.hash)])
    .orderBy('model')
    .orderBy('version')
    .execute();
  const about = [
    ...subject.releases.map((release) => release.hash),
    ...versions.flatMap((row) => (row.blob_hash === null ? [] : [row.blob_hash])),
    ...runs,
    subject.hash,
    subject.name,
  ];
  const data = await db.query
    .selectFrom('dataset_version')
    .select(['dataset', 'hash', 'row_count', 'schema'])
    .where('project', '=', project)
    .orderBy('dataset')
    .orderBy('hash')
    .execute();
  const ledger: string[] = [];
  for await (const line of exportChain(db, projectChain(project))) ledger.push(line);
  return {
    data: data.map(({ dataset, hash, row_count }) => ({ dataset, hash, rows: row_count })),
    entries: [
      ...declared,
      rows('runs.jsonl', await rowsIn(scope, 'run', 'id', runs)),
      rows('run-metrics.jsonl', await rowsIn(scope, 'run_metric', 'run_id', runs)),
      rows('versions.jsonl', versions),
      rows('datasets.jsonl', data),
      rows('evidence.jsonl', await ofProject(scope, 'evidence', whole ? null : ['subject', about])),
      rows('approvals.jsonl', await ofProject(scope, 'approval', whole ? null : ['subject', about])),
      rows('comments.jsonl', await ofProject(scope, 'comment', whole ? null : ['subject', about])),
      rows('lineage.jsonl', await lineage(scope, about)),
      ...(whole ? await lifeRecords(scope) : []),
      textEntry('records/ledger.jsonl', ledger.map((line) => `${line}\n`).join('')),
    ],
  };
}

/** What went on with a project as a whole. */
async function lifeRecords(scope: StageScope): Promise<ArchiveEntry[]> {
  return [
    rows('stage-results.jsonl', await ofProject(scope, 'stage_result', null)),
    rows('incidents.jsonl', await ofProject(scope, 'incident', null)),
    rows('actions.jsonl', await ofProject(scope, 'action', null)),
    rows('monitor-windows.jsonl', await ofProject(scope, 'monitor_window', null)),
    rows('retrainings.jsonl', await ofProject(scope, 'retraining', null)),
    rows('candidates.jsonl', await ofProject(scope, 'candidate', null)),
  ];
}

const appliedInput = z.object({ yaml: z.string(), files: z.record(z.string(), z.string()) });

/** The project as it is declared, each tend.yaml that made a release, and the files that it named. */
async function declaration(scope: StageScope, specHashes: readonly string[]): Promise<ArchiveEntry[]> {
  const { db, project } = scope;
  const present = await db.query
    .selectFrom('project')
    .selectAll()
    .where('name', '=', project)
    .executeTakeFirst();
  const revisions = await db.query
    .selectFrom('project_revision')
    .selectAll()
    .where('project', '=', project)
    .orderBy('created_at')
    .orderBy('hash')
    .execute();
  const meant = revisions.filter(({ hash }) => specHashes.includes(hash));
  const source = (meant.at(-1) ?? revisions.find(({ hash }) => hash === present?.spec_hash))?.source;
  const applied = await db.query
    .selectFrom('execution')
    .select('input')
    .where('project', '=', project)
    .where('workflow', '=', 'apply')
    .orderBy('created_at')
    .execute();
  const inputs = applied.flatMap(({ input }) => {
    const said = appliedInput.safeParse(parseJsonText(input));
    return said.success ? [said.data] : [];
  });
  const files = inputs.findLast((input) => input.yaml === source)?.files ?? {};
  return [
    rows('project.jsonl', present === undefined ? [] : [present]),
    rows('revisions.jsonl', meant.length === 0 ? revisions : meant),
    textEntry('records/files.json', `${canonicalJson(files)}\n`),
    ...(source === undefined ? [] : [textEntry('records/tend.yaml', source)]),
  ];
}

/** Tables whose rows belong to a project. */
type ProjectOwned = {
  [T in keyof Tables]: 'project' extends keyof Tables[T] ? T : never;
}[keyof Tables];

/** Rows of the project, all of them or those whose column has one of the values. */
async function ofProject(
  scope: StageScope,
  table: ProjectOwned,
  only: readonly [column: 'subject', values: readonly string[]] | null,
): Promise<readonly object[]> {
  const all = scope.db.query
    .selectFrom(table as 'evidence')
    .selectAll()
    .where('project', '=', scope.project);
  return (only === null ? all : all.where(only[0], 'in', [...only[1]])).execute();
}

async function rowsIn(
  scope: StageScope,
  table: 'run' | 'run_metric',
  column: 'id' | 'run_id',
  values: readonly string[],
): Promise<readonly object[]> {
  if (values.length === 0) return [];
  return scope.db.query
    .selectFrom(table as 'run')
    .selectAll()
    .where(column as 'id', 'in', [...values])
    .execute();
}

async function lineage(scope: StageScope, about: readonly string[]): Promise<readonly object[]> {
  return scope.db.query
    .selectFrom('lineage')
    .selectAll()
    .where((is) => is.or([is('from_ref', 'in', [...about]), is('to_ref', 'in', [...about])]))
    .execute();
}

/** Rows as lines, in an order of their own: what a database gives first is not the same every time. */
function rows(name: string, records: readonly object[]): ArchiveEntry {
  const lines = records.map((record) => `${canonicalJson(record)}\n`).sort();
  return textEntry(`records/${name}`, lines.join(''));
}
