import type { JsonObject } from '../../kernel/json.ts';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText } from '../../store/json-text.ts';
import type { WindowReport } from './book/window-report.ts';
import { windowStatements } from './live/record-windows.ts';

export const DAY = 86_400_000;
/** The project clock begins here. */
export const START = Date.UTC(2001, 1, 8);

/** A window of a criterion as the book reports it. */
export function criterionWindow(
  id: string,
  day: number,
  of: { readonly value: number; readonly bound: number; readonly overMs?: number; readonly metric?: string },
): WindowReport {
  const to = START + day * DAY;
  const { value, bound, overMs = 7 * DAY, metric = 'roc_auc' } = of;
  return {
    monitor: `criterion:${id}`,
    from: to - overMs,
    to,
    verdict: value >= bound ? 'pass' : 'fail',
    value,
    low: value - 0.01,
    high: value + 0.01,
    bound,
    release: 'a'.repeat(64),
    title: `${id}: ${metric} ${value}`,
    body: { criteria: [{ id, metric, value, bound: { at_least: bound }, verdict: 'pass' }] },
  };
}

/** A project without anything, then what is recorded of it. */
export async function record(
  db: Database,
  project: string,
  windows: readonly WindowReport[],
  others: readonly Statement[] = [],
): Promise<void> {
  const query = build.insertInto('project').values({
    name: project,
    owner: 'ops',
    kind: 'classification',
    statement: 'Which flights will be late?',
    spec_hash: 'f'.repeat(64),
    document: jsonText({}),
    created_at: 1,
    updated_at: 1,
  });
  await db.commit({ statements: [{ query }, ...windowStatements(project, windows, 1), ...others] });
}

/** An incident that opened, and closed if `resolved` is a day. */
export function incident(
  project: string,
  id: string,
  day: number,
  title: string,
  resolved?: number,
): Statement {
  const query = build.insertInto('incident').values({
    id,
    project,
    cause: id,
    severity: 'critical',
    state: resolved === undefined ? 'open' : 'resolved',
    owner: 'ops',
    title,
    what_to_do: 'Look.',
    seen: 1,
    evidence: jsonText([]),
    body: jsonText({}),
    opened_at: START + day * DAY,
    last_at: START + day * DAY,
    resolved_at: resolved === undefined ? null : START + resolved * DAY,
    resolved_by: null,
    resolution: null,
    created_at: 1,
    updated_at: 1,
  });
  return { query };
}

/** A rollback that an incident set off. */
export function rollback(project: string, incidentId: string, day: number): Statement {
  const query = build.insertInto('action').values({
    id: `act_${incidentId}`,
    project,
    incident_id: incidentId,
    kind: 'roll_back',
    state: 'done',
    at: START + day * DAY,
    due_at: null,
    body: jsonText({}),
    decided_by: null,
    created_at: 1,
    updated_at: 1,
  });
  return { query };
}

/** A retraining; `body` and `effect` as the retraining stage keeps them. */
export function retraining(
  project: string,
  of: {
    readonly id: string;
    readonly day: number;
    readonly state: 'refused' | 'promoted' | 'kept' | 'rolled-back';
    readonly promoted?: number;
    readonly body?: JsonObject;
    readonly effect?: JsonObject;
  },
): Statement {
  const query = build.insertInto('retraining').values({
    id: of.id,
    project,
    execution_id: null,
    trigger: 'monthly',
    incident_id: null,
    at: START + of.day * DAY,
    state: of.state,
    reason: 'it did not help',
    champion: 1,
    promoted: of.promoted ?? null,
    effect: of.effect === undefined ? null : jsonText(of.effect),
    body: jsonText(of.body ?? {}),
    created_at: 1,
    updated_at: 1,
  });
  return { query };
}

/** A candidate of a retraining. */
export function candidate(
  project: string,
  of: {
    readonly id: string;
    readonly retraining: string;
    readonly day: number;
    readonly state: 'refused' | 'promoted' | 'rolled-back';
  },
): Statement {
  const query = build.insertInto('candidate').values({
    id: of.id,
    project,
    retraining_id: of.retraining,
    window: '1 month',
    model: project,
    version: 2,
    release_hash: null,
    state: of.state,
    reason: 'the interval includes zero',
    evidence: jsonText([]),
    body: jsonText({}),
    at: START + of.day * DAY,
    created_at: 1,
    updated_at: 1,
  });
  return { query };
}

/** A tombstone, with its certificate or on the way to it. */
export function tombstone(project: string, name: string, day: number, certificate: string): Statement {
  const query = build.insertInto('tombstone').values({
    kind: 'version',
    name,
    project,
    successor: null,
    certificate,
    archive_id: null,
    at: START + day * DAY,
  });
  return { query };
}
