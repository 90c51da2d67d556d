import { projectChain } from '../../store/ledger-entry.ts';
import { build } from '../../store/build.ts';
import { blobReferences } from '../../store/blob-references.ts';
import { sqlName } from '../../table/sql-name.ts';
import { parquetRelation } from '../../table/tables.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { listTombstones } from './tombstone-store.ts';

/** What retention deleted. */
export interface Expired {
  readonly parts: number;
  readonly rows: number;
}

type Context = Pick<LifecycleContext, 'db' | 'blobs' | 'tables'>;

/** The column of a prediction log that names the release by the hash of its manifest. */
const RELEASE_COLUMN = 'release';

/**
 * Deletes sealed prediction logs of what a project has retired, whose newest prediction is older than
 * `keepMs` at `at` (milliseconds UTC of the project clock). A part goes when all of it is of something
 * retired: of a version that shared its endpoint, the part stays as long as another one answered in it.
 * Called by an exit, and whenever the project clock has moved on by a day.
 */
export async function expirePredictions(
  ctx: Context,
  input: { readonly project: string; readonly at: number; readonly keepMs: number; readonly actor: string },
): Promise<Expired> {
  const { project, at, keepMs, actor } = input;
  const tombstones = await listTombstones(ctx.db, project);
  if (tombstones.length === 0) return { parts: 0, rows: 0 };
  const parts = await ctx.db.query
    .selectFrom('log_part')
    .selectAll()
    .where('project', '=', project)
    .where('kind', '=', 'predictions')
    .where('to_at', '<', at - keepMs)
    .orderBy('id')
    .execute();
  const names = new Set(tombstones.map(({ kind, name }) => `${kind} ${name}`));
  const retired = await retiredReleases(ctx, project);
  let rows = 0;
  let deleted = 0;
  for (const part of parts) {
    const whole = names.has(`project ${project}`) || names.has(`endpoint ${part.endpoint}`);
    if (!whole && !(await onlyOf(ctx, part.blob_hash, retired))) continue;
    await ctx.db.commit({
      statements: [{ query: build.deleteFrom('log_part').where('id', '=', part.id), expect: 1 }],
      ledger: [
        {
          chain: projectChain(project),
          action: 'prediction-log.expired',
          actor,
          subject: part.id,
          body: { endpoint: part.endpoint, rows: part.row_count, to: part.to_at, blob: part.blob_hash },
        },
      ],
    });
    if (!(await blobReferences(ctx.db, [part.blob_hash])).has(part.blob_hash)) {
      await ctx.blobs.delete(part.blob_hash);
    }
    deleted += 1;
    rows += part.row_count;
  }
  return { parts: deleted, rows };
}

async function retiredReleases({ db }: Context, project: string): Promise<ReadonlySet<string>> {
  const rows = await db.query
    .selectFrom('model_version')
    .innerJoin('model', 'model.name', 'model_version.model')
    .select('model_version.manifest_hash')
    .where('model.project', '=', project)
    .where('model_version.state', '=', 'retired')
    .execute();
  return new Set(rows.flatMap((row) => row.manifest_hash ?? []));
}

async function onlyOf(ctx: Context, blob: string, releases: ReadonlySet<string>): Promise<boolean> {
  if (releases.size === 0 || !(await ctx.blobs.has(blob))) return false;
  await using session = await ctx.tables.session();
  const column = sqlName(RELEASE_COLUMN);
  const found = await session.rows(
    `SELECT DISTINCT ${column} AS answered FROM ${parquetRelation([ctx.blobs.path(blob)])}`,
  );
  return found.every((row) => releases.has(String(row['answered'])));
}
