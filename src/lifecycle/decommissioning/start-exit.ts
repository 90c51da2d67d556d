import type { Engine } from '../../engine/engine.ts';
import { TendError } from '../../kernel/error.ts';
import { asJson } from '../../kernel/json.ts';
import type { Database } from '../../store/database.ts';
import { dependantsOf } from './dependants.ts';
import { EXIT } from './exit-request.ts';
import { type ExitName, findExitSubject, parseExitName } from './exit-subject.ts';
import { assertNotRetired, findTombstone } from './tombstone-store.ts';

/** What is to go, and on whose word. */
export interface AskedExit {
  /** `model@2`, `endpoint:name` or `project:name`. */
  readonly what: string;
  /** What follows it, of the same kind: `model@3`, or the name of an endpoint or project. */
  readonly successor: string | null;
  readonly reason: string;
  /** Id of the principal. */
  readonly actor: string;
}

/**
 * Starts an exit, or goes on with one that was begun; `engine.run` carries it out.
 * @throws INVALID_INPUT; NOT_FOUND; GONE for what was retired; CONFLICT that lists what still uses it
 */
export async function startExit(
  ctx: { readonly db: Database; readonly engine: Engine },
  asked: AskedExit,
): Promise<string> {
  const name = parseExitName(asked.what);
  const key = `${name.kind}:${name.name}`;
  const begun = await unfinished(ctx.db, key);
  if (begun !== null) return begun;
  const tombstone = await findTombstone(ctx.db, name);
  if (tombstone !== undefined && tombstone.certificate !== '') await assertNotRetired(ctx.db, name);
  const subject = await findExitSubject(ctx.db, name, { again: tombstone !== undefined });
  const successor = await checkSuccessor(ctx.db, name, asked.successor);
  const dependants = await dependantsOf(ctx.db, subject, { executionId: null });
  if (dependants.length > 0) {
    const list = dependants.map(({ what }) => what).join('; ');
    throw new TendError('CONFLICT', `${name.kind} ${name.name} is still used: ${list}`, {
      hint: 'Move what uses it to its successor, and retire it then.',
      fields: dependants.map(({ kind, what }) => ({ path: kind, message: what })),
    });
  }
  const { reason, actor } = asked;
  return ctx.engine.start({
    workflow: EXIT,
    key,
    project: subject.project,
    input: asJson({ ...name, successor, reason, actor }),
    actor,
  });
}

async function unfinished(db: Database, key: string): Promise<string | null> {
  const row = await db.query
    .selectFrom('execution')
    .select('id')
    .where('workflow', '=', EXIT)
    .where('key', '=', key)
    .where('state', 'in', ['queued', 'running', 'waiting'])
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The successor's name. It must live, and be another one of the same kind. */
async function checkSuccessor(
  db: Database,
  { kind, name }: ExitName,
  asked: string | null,
): Promise<string | null> {
  if (asked === null) return null;
  const successor = parseExitName(
    kind === 'version' || asked.startsWith(`${kind}:`) ? asked : `${kind}:${asked}`,
  );
  const refused = (message: string): TendError =>
    new TendError('INVALID_INPUT', `successor ${asked}: ${message}`, {
      fields: [{ path: 'successor', message }],
    });
  if (successor.kind !== kind) throw refused(`expected the name of a ${kind}`);
  if (successor.name === name) throw refused('nothing follows itself');
  await findExitSubject(db, successor, { again: false });
  if ((await findTombstone(db, successor)) !== undefined) throw refused('it is retired itself');
  return successor.name;
}
