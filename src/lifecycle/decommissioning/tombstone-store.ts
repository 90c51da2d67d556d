import { TendError } from '../../kernel/error.ts';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import type { TombstoneTable } from '../../store/tables/loop-tables.ts';
import type { ExitName } from './exit-subject.ts';

/** What stands in the place of something retired. */
export interface Tombstone extends ExitName {
  readonly project: string;
  readonly successor: string | null;
  /** Id of the evidence of its exit; '' while the exit is under way. */
  readonly certificate: string;
  readonly archiveId: string | null;
  /** Milliseconds UTC of the project clock. */
  readonly at: number;
}

/** The tombstone of something, or undefined while it lives. */
export async function findTombstone(db: Database, { kind, name }: ExitName): Promise<Tombstone | undefined> {
  const row = await tombstones(db).where('kind', '=', kind).where('name', '=', name).executeTakeFirst();
  return row === undefined ? undefined : tombstoneOf(row);
}

/** All tombstones, or those of a project, the latest first. */
export async function listTombstones(db: Database, project?: string): Promise<Tombstone[]> {
  const all = tombstones(db).orderBy('at', 'desc').orderBy('kind').orderBy('name');
  const rows = await (project === undefined ? all : all.where('project', '=', project)).execute();
  return rows.map(tombstoneOf);
}

/** @throws GONE, naming the successor, for what was retired. */
export async function assertNotRetired(db: Database, name: ExitName): Promise<void> {
  const tombstone = await findTombstone(db, name);
  if (tombstone === undefined) return;
  const { successor, at } = tombstone;
  const hint =
    successor === null ? 'It has no successor; its archive can be restored.' : `Use ${successor} instead.`;
  const when = new Date(at).toISOString().slice(0, 10);
  throw new TendError('GONE', `${name.kind} ${name.name} was retired on ${when}`, { hint });
}

/** Sets a tombstone; one that is there already gets the archive that is the latest. */
export function tombstoneStatement(tombstone: Tombstone): Statement {
  const { archiveId, ...rest } = tombstone;
  const row = { ...rest, archive_id: archiveId };
  const query = build
    .insertInto('tombstone')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet({ archive_id: archiveId }));
  return { query, expect: 1 };
}

/** Writes the certificate on a tombstone that has none. */
export function certifyStatement({ kind, name }: ExitName, certificate: string): Statement {
  const query = build
    .updateTable('tombstone')
    .set({ certificate })
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('certificate', '=', '');
  return { query, expect: 1 };
}

function tombstones(db: Database) {
  return db.query.selectFrom('tombstone').selectAll();
}

function tombstoneOf({ archive_id: archiveId, ...row }: TombstoneTable): Tombstone {
  return { ...row, archiveId };
}
