import { TendError } from '../../../kernel/error.ts';
import type { Database } from '../../../store/database.ts';

/** Tables whose rows know their project, by the prefix of their ids. */
const TABLE_OF_PREFIX = {
  evd: 'evidence',
  exe: 'execution',
  run: 'run',
  apr: 'approval',
  dsv: 'dataset_version',
  inc: 'incident',
  act: 'action',
  ret: 'retraining',
  cnd: 'candidate',
  arc: 'archive',
  cmt: 'comment',
} as const;

/**
 * The project to which a subject belongs: the one named, that of the record with this id, of the model, the
 * endpoint or the evidence with this name or hash, or the only one there is.
 * @throws NOT_FOUND for a project that is not there; INVALID_INPUT when nothing says which is meant
 */
export async function subjectProject(
  db: Database,
  subject: string,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) {
    if (await isProject(db, named)) return named;
    throw new TendError('NOT_FOUND', `there is no project ${named}`);
  }
  const found = (await ofRecord(db, subject)) ?? (await ofName(db, subject));
  if (found !== undefined) return found;
  const projects = await db.query.selectFrom('project').select('name').limit(2).execute();
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return only.name;
  const message = 'name the project: nothing says to which one the subject belongs';
  throw new TendError('INVALID_INPUT', `project: ${message}`, { fields: [{ path: 'project', message }] });
}

async function isProject(db: Database, name: string): Promise<boolean> {
  const row = await db.query
    .selectFrom('project')
    .select('name')
    .where('name', '=', name)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function ofRecord(db: Database, subject: string): Promise<string | undefined> {
  const prefix = /^([a-z]{3})_/.exec(subject)?.[1] ?? '';
  if (!Object.hasOwn(TABLE_OF_PREFIX, prefix)) return undefined;
  const table = TABLE_OF_PREFIX[prefix as keyof typeof TABLE_OF_PREFIX];
  const row = await db.query.selectFrom(table).select('project').where('id', '=', subject).executeTakeFirst();
  return row?.project ?? undefined;
}

async function ofName(db: Database, subject: string): Promise<string | undefined> {
  if (await isProject(db, subject)) return subject;
  const name = subject.replace(/@\d+$/, '');
  const { query } = db;
  const rows = [
    await query.selectFrom('model').select('project').where('name', '=', name).executeTakeFirst(),
    await query.selectFrom('endpoint').select('project').where('name', '=', subject).executeTakeFirst(),
    await query.selectFrom('evidence').select('project').where('subject', '=', subject).executeTakeFirst(),
  ];
  return rows.find((row) => row?.project != null)?.project ?? undefined;
}
