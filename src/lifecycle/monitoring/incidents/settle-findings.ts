import { isConflict } from '../../../engine/lease.ts';
import { outboxEntry } from '../../../engine/outbox-entry.ts';
import { hashJson } from '../../../kernel/hash.ts';
import { newId } from '../../../kernel/id.ts';
import { build } from '../../../store/build.ts';
import { jsonText } from '../../../store/json-text.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { IncidentTable } from '../../../store/tables/loop-tables.ts';
import type { LifecycleContext, StageEvidence } from '../../stage-scope.ts';
import { closeIncident } from './close-incident.ts';
import { INCIDENT_OPENED } from './events.ts';
import type { Finding } from './finding.ts';
import { bodyText, type Incident, incidentBody, incidentOf } from './incident.ts';
import { newestOfCause, openIncidents } from './incident-store.ts';
import { recordAll } from './record-all.ts';

type Context = Pick<LifecycleContext, 'db' | 'clock' | 'random'>;

/** What findings changed, and what is open afterwards, the oldest first. */
export interface Settled {
  readonly opened: readonly Incident[];
  readonly closed: readonly Incident[];
  readonly open: readonly Incident[];
}

/** The project as its incidents name it: `owner` is who has to look after them. */
export interface IncidentProject {
  readonly name: string;
  readonly owner: string;
}

const DAY_MS = 86_400_000;

/** Somebody else who changes the same incident at the same moment wins; then it is looked at again. */
const TURNS_MAX = 5;

/**
 * Carries findings into incidents, in order, each as one unit: the first of a cause opens one, later ones are
 * counted on it (with evidence once for each day of the project clock), and one that holds closes it with
 * that window as the proof. What was set aside (`quality:…`) is closed by a person alone.
 *
 * A finding that is no later than what is settled for its cause changes nothing: windows that are looked at
 * again after a kill count once.
 */
export async function settleFindings(
  ctx: Context,
  project: IncidentProject,
  findings: readonly Finding[],
): Promise<Settled> {
  const opened: Incident[] = [];
  const closed: Incident[] = [];
  for (const finding of findings) {
    const change = await settleOne(ctx, project, finding);
    if (change?.kind === 'opened') opened.push(change.incident);
    if (change?.kind === 'closed') closed.push(change.incident);
  }
  return { opened, closed, open: await openIncidents(ctx.db, project.name) };
}

type Change = { readonly kind: 'opened' | 'closed' | 'seen'; readonly incident: Incident } | undefined;

async function settleOne(ctx: Context, project: IncidentProject, finding: Finding): Promise<Change> {
  for (let turn = 1; ; turn++) {
    const newest = await newestOfCause(ctx.db, project.name, finding.cause);
    try {
      if (newest === undefined) return finding.holds ? undefined : await open(ctx, project, finding);
      if (newest.state === 'resolved') {
        const later = finding.at > (newest.resolved_at ?? newest.last_at);
        return finding.holds || !later ? undefined : await open(ctx, project, finding);
      }
      if (!finding.holds) {
        return finding.at > newest.last_at ? await seeAgain(ctx, newest, finding) : undefined;
      }
      return closesItself(finding.cause) && finding.at >= newest.last_at
        ? await close(ctx, newest, finding)
        : undefined;
    } catch (error) {
      if (!isConflict(error) || turn >= TURNS_MAX) throw error;
    }
  }
}

/** Rows that were set aside stay so until a person has looked at them. */
function closesItself(cause: string): boolean {
  return !cause.startsWith('quality:');
}

async function open(ctx: Context, project: IncidentProject, finding: Finding): Promise<Change> {
  const { cause, severity, at, title, whatToDo, release } = finding;
  const now = ctx.clock.now();
  const records = recordAll(ctx, project.name, evidenceOf(finding, 'fail'), 'system');
  const row: IncidentTable = {
    id: newId('inc', ctx.clock, ctx.random),
    project: project.name,
    cause,
    severity,
    state: 'open',
    owner: project.owner,
    title,
    what_to_do: whatToDo,
    seen: 1,
    evidence: jsonText(records.ids),
    body: bodyText({ release, evidenceDay: dayOf(at), acknowledgedBy: null }),
    opened_at: at,
    last_at: at,
    resolved_at: null,
    resolved_by: null,
    resolution: null,
    created_at: now,
    updated_at: now,
  };
  const said = { cause, severity, at, title, release };
  const body = { incident: row.id, ...said, whatToDo, owner: row.owner };
  await ctx.db.commit({
    statements: [
      { query: build.insertInto('incident').values(row), expect: 1 },
      ...records.statements,
      outboxEntry({ type: INCIDENT_OPENED, project: project.name, body }, ctx),
    ],
    ledger: [
      ...records.ledger,
      entry(row, 'incident.opened', { ...said, owner: row.owner, evidence: records.ids }),
    ],
  });
  return { kind: 'opened', incident: incidentOf(row) };
}

async function seeAgain(ctx: Context, row: IncidentTable, finding: Finding): Promise<Change> {
  const body = incidentBody(row);
  const isNewDay = dayOf(finding.at) > body.evidenceDay;
  const records = recordAll(ctx, row.project, isNewDay ? evidenceOf(finding, 'fail') : [], 'system');
  const next: IncidentTable = {
    ...row,
    seen: row.seen + 1,
    last_at: finding.at,
    evidence: jsonText([...incidentOf(row).evidence, ...records.ids]),
    body: bodyText(isNewDay ? { ...body, evidenceDay: dayOf(finding.at) } : body),
    updated_at: ctx.clock.now(),
  };
  const { seen, last_at, evidence, body: text, updated_at } = next;
  const query = build
    .updateTable('incident')
    .set({ seen, last_at, evidence, body: text, updated_at })
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .where('seen', '=', row.seen);
  await ctx.db.commit({
    statements: [{ query, expect: 1 }, ...records.statements],
    ledger: [
      ...records.ledger,
      entry(row, 'incident.seen-again', { at: last_at, seen, evidence: records.ids }),
    ],
  });
  return { kind: 'seen', incident: incidentOf(next) };
}

async function close(ctx: Context, row: IncidentTable, finding: Finding): Promise<Change> {
  const closing = {
    at: finding.at,
    by: 'system',
    resolution: finding.title,
    evidence: evidenceOf(finding, 'pass'),
  };
  const { statements, ledger = [], evidence } = closeIncident(ctx, row, closing);
  await ctx.db.commit({ statements, ledger });
  const { at, by, resolution } = closing;
  const incident: Incident = {
    ...incidentOf(row),
    state: 'resolved',
    resolvedAt: at,
    resolvedBy: by,
    resolution,
    evidence: [...evidence],
  };
  return { kind: 'closed', incident };
}

/** What the finding brings; a finding that brings nothing is its own evidence. */
function evidenceOf(finding: Finding, verdict: 'pass' | 'fail'): readonly StageEvidence[] {
  if (finding.evidence.length > 0) return finding.evidence;
  const { project, cause, at, title, whatToDo, release } = finding;
  const subject = release ?? hashJson({ project, cause });
  return [{ kind: 'finding', subject, verdict, title, body: { cause, at, whatToDo, release } }];
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

function entry(
  row: IncidentTable,
  action: string,
  body: Readonly<Record<string, string | number | null | readonly string[]>>,
) {
  return { chain: projectChain(row.project), action, actor: 'system', subject: row.id, body };
}
