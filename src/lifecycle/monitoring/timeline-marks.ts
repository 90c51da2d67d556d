import type { Figure } from '../../kernel/figure.ts';
import type { Database } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';
import type { RetrainingTable } from '../../store/tables/loop-tables.ts';

/** A moment of a project's life on the time axis. */
export type TimelineMark = NonNullable<Extract<Figure, { kind: 'line' }>['marks']>[number];

/** Marks that a figure holds; beyond them the oldest are left out. */
const MARKS_MAX = 200;

/** Letters of a label; a reader opens the page for the rest. */
const LABEL_LENGTH = 120;

/** What happened in a project, oldest first, at moments of its project clock. */
export async function timelineMarks(db: Database, project: string): Promise<TimelineMark[]> {
  const marks = [
    ...(await incidentMarks(db, project)),
    ...(await retrainingMarks(db, project)),
    ...(await rollbackMarks(db, project)),
    ...(await exitMarks(db, project)),
  ];
  // Of one moment, in the order above: what went wrong before what was done about it.
  return marks
    .sort((a, b) => a.at - b.at)
    .slice(-MARKS_MAX)
    .map((mark) => ({ ...mark, label: mark.label.slice(0, LABEL_LENGTH) }));
}

async function incidentMarks(db: Database, project: string): Promise<TimelineMark[]> {
  const rows = await db.query
    .selectFrom('incident')
    .select(['title', 'opened_at', 'resolved_at'])
    .where('project', '=', project)
    .orderBy('opened_at', 'desc')
    .orderBy('id')
    .limit(MARKS_MAX)
    .execute();
  return rows.flatMap(({ title, opened_at: at, resolved_at: resolved }): TimelineMark[] => [
    { at, kind: 'incident', label: title },
    ...(resolved === null ? [] : [{ at: resolved, kind: 'resolved' as const, label: title }]),
  ]);
}

async function retrainingMarks(db: Database, project: string): Promise<TimelineMark[]> {
  const retrainings = await db.query
    .selectFrom('retraining')
    .selectAll()
    .where('project', '=', project)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(MARKS_MAX)
    .execute();
  const candidates = await db.query
    .selectFrom('candidate')
    .select(['retraining_id', 'window', 'version', 'state', 'reason', 'at'])
    .where('project', '=', project)
    .where('state', 'in', ['refused', 'rolled-back'])
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(MARKS_MAX)
    .execute();
  const undone = new Set(retrainings.filter(({ state }) => state === 'rolled-back').map(({ id }) => id));
  const refusals = candidates.flatMap((one): TimelineMark[] => {
    const { at, state, version } = one;
    if (state === 'refused') return [{ at, kind: 'refusal', label: `${one.window} refused: ${one.reason}` }];
    if (undone.has(one.retraining_id)) return [];
    return [{ at, kind: 'rollback', label: `version ${version ?? ''} went back: ${one.reason}` }];
  });
  return [...retrainings.flatMap(marksOfRetraining), ...refusals];
}

function marksOfRetraining({
  at,
  trigger,
  state,
  promoted,
  reason,
  body,
  effect,
}: RetrainingTable): TimelineMark[] {
  const { promotedAt } = parseJsonText(body) as { readonly promotedAt?: number };
  const looks = effect === null ? [] : ((parseJsonText(effect) as Looks).looks ?? []);
  const marks: TimelineMark[] = [{ at, kind: 'retraining', label: `retraining: ${trigger}` }];
  if (promotedAt !== undefined) {
    marks.push({ at: promotedAt, kind: 'promotion', label: `version ${promoted ?? ''} took over` });
  }
  const last = looks.at(-1);
  if (state === 'rolled-back') {
    const undoneAt = last?.at ?? promotedAt ?? at;
    marks.push({ at: undoneAt, kind: 'rollback', label: `version ${promoted ?? ''} went back: ${reason}` });
  }
  return marks;
}

/** What is read of the effect of a retraining. */
interface Looks {
  readonly looks?: readonly { readonly at: number }[];
}

/** Rollbacks that an incident set off. */
async function rollbackMarks(db: Database, project: string): Promise<TimelineMark[]> {
  const rows = await db.query
    .selectFrom('action')
    .innerJoin('incident', 'incident.id', 'action.incident_id')
    .select(['action.at', 'incident.title'])
    .where('action.project', '=', project)
    .where('action.kind', '=', 'roll_back')
    .where('action.state', '=', 'done')
    .orderBy('action.at', 'desc')
    .orderBy('action.id')
    .limit(MARKS_MAX)
    .execute();
  return rows.map(({ at, title }) => ({ at, kind: 'rollback', label: `rolled back: ${title}` }));
}

/** Exits that have their certificate. */
async function exitMarks(db: Database, project: string): Promise<TimelineMark[]> {
  const rows = await db.query
    .selectFrom('tombstone')
    .select(['kind', 'name', 'at'])
    .where('project', '=', project)
    .where('certificate', '<>', '')
    .orderBy('at', 'desc')
    .orderBy('name')
    .limit(MARKS_MAX)
    .execute();
  return rows.map(({ kind, name, at }) => ({ at, kind: 'exit', label: `${kind} ${name} retired` }));
}
