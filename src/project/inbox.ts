import { z } from 'zod';
import { STAGES } from '../kernel/verdict.ts';
import type { Database } from '../store/database.ts';
import { parseJsonText } from '../store/json-text.ts';

/** Something that needs a person, with what to do. */
export const inboxView = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['approval', 'waiting', 'failed', 'quarantine', 'incident']),
        project: z.string(),
        stage: z.enum(STAGES),
        title: z.string(),
        detail: z.string(),
        command: z.string().describe('The command line that does it.'),
        createdAt: z.int(),
      }),
    ),
  })
  .meta({ id: 'Inbox' });
export type InboxItem = z.output<typeof inboxView>['items'][number];

/** Items shown at most; who has more than this reads the status first. */
const ITEMS_MAX = 200;

/**
 * What waits for a person, newest first: approvals, incidents, stages that wait or failed, rows set aside.
 */
export async function inbox(db: Database): Promise<z.output<typeof inboxView>> {
  const items = [
    ...(await approvals(db)),
    ...(await incidents(db)),
    ...(await stages(db)),
    ...(await quarantined(db)),
  ];
  return { items: items.sort((a, b) => b.createdAt - a.createdAt).slice(0, ITEMS_MAX) };
}

async function approvals(db: Database): Promise<InboxItem[]> {
  const rows = await db.query.selectFrom('approval').selectAll().where('state', '=', 'waiting').execute();
  return rows.map((row) => ({
    id: row.id,
    kind: 'approval',
    project: row.project,
    stage: 'deployment',
    title: `${row.project} asks for production`,
    detail:
      `${row.by_role}${row.not_author === 1 ? ', not the author,' : ''} ` +
      `decides on release ${row.subject.slice(0, 12)}`,
    command: `tend approve ${row.id}`,
    createdAt: row.created_at,
  }));
}

/** Incidents that nobody has taken up, or that are not over. */
async function incidents(db: Database): Promise<InboxItem[]> {
  const rows = await db.query
    .selectFrom('incident')
    .select(['id', 'project', 'title', 'what_to_do', 'created_at'])
    .where('state', '!=', 'resolved')
    .orderBy('created_at', 'desc')
    .limit(ITEMS_MAX)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: 'incident',
    project: row.project,
    stage: 'monitoring',
    title: row.title,
    detail: row.what_to_do,
    command: `tend incidents show ${row.id}`,
    createdAt: row.created_at,
  }));
}

async function stages(db: Database): Promise<InboxItem[]> {
  const rows = await db.query
    .selectFrom('stage_result')
    .selectAll()
    .where('verdict', 'in', ['waiting', 'fail'])
    .execute();
  return (
    rows
      .filter((row) => !row.reason.includes('(tend approve '))
      // What monitoring found is listed incident by incident.
      .filter((row) => row.stage !== 'monitoring' || row.verdict !== 'fail')
      .map((row) => ({
        id: `${row.project}:${row.stage}`,
        kind: row.verdict === 'fail' ? ('failed' as const) : ('waiting' as const),
        project: row.project,
        stage: row.stage,
        title: `${row.stage} ${row.verdict === 'fail' ? 'failed' : 'waits'}`,
        detail: row.reason,
        command: row.verdict === 'fail' ? 'tend plan' : 'tend status',
        createdAt: row.updated_at,
      }))
  );
}

/** Partitions of the present data stage from which something was set aside. */
async function quarantined(db: Database): Promise<InboxItem[]> {
  const results = await db.query
    .selectFrom('stage_result')
    .select(['project', 'evidence'])
    .where('stage', '=', 'data')
    .execute();
  const ids = results.flatMap((row) => parseJsonText(row.evidence) as string[]);
  if (ids.length === 0) return [];
  const rows = await db.query
    .selectFrom('evidence')
    .select(['id', 'project', 'title', 'body', 'created_at'])
    .where('id', 'in', ids.slice(0, ITEMS_MAX))
    .where('kind', '=', 'data-checks')
    .execute();
  return rows.flatMap((row): InboxItem[] => {
    const { partition } = parseJsonText(row.body) as {
      partition?: { quarantinedRows?: number; refused?: string | null };
    };
    const aside = (partition?.quarantinedRows ?? 0) > 0 || (partition?.refused ?? null) !== null;
    if (!aside) return [];
    return [
      {
        id: row.id,
        kind: 'quarantine',
        project: row.project,
        stage: 'data',
        title: 'Rows were set aside',
        detail: row.title,
        command: `tend api GET /evidence/${row.id}`,
        createdAt: row.created_at,
      },
    ];
  });
}
