import { z } from 'zod';
import { jsonText, parseJsonText } from '../../../store/json-text.ts';
import type { ActionTable } from '../../../store/tables/loop-tables.ts';
import { ACTION_KINDS } from '../spec.ts';

/** An action waits, is settled in one of the other states, and stays so. */
export const ACTION_STATES = ['waiting', 'done', 'dry-run', 'vetoed', 'limited', 'failed'] as const;

/** What an incident set off, or would have. Times are of the project clock. */
export const actionView = z
  .object({
    id: z.string(),
    project: z.string(),
    incident: z.string(),
    kind: z.enum(ACTION_KINDS),
    state: z.enum(ACTION_STATES),
    to: z.string().nullable().describe('fall_back: what answers. throttle: the rate.'),
    at: z.int(),
    dueAt: z.int().nullable().describe('When it is done; a person may veto it until then.'),
    reason: z.string().describe('What was done, or why it was not.'),
    decidedBy: z.string().nullable(),
    evidence: z.string().nullable(),
  })
  .meta({ id: 'Action' });

export type Action = z.output<typeof actionView>;

/** What the row of an action keeps besides its columns. */
export interface ActionBody {
  readonly cause: string;
  readonly endpoint: string;
  /** Hash of the release that the incident is about: of the one that answered when it opened, if unnamed. */
  readonly release: string | null;
  readonly to: string | null;
  readonly dryRun: boolean;
  readonly limit: string | null;
  readonly veto: string | null;
  readonly reason: string;
  readonly evidence: string | null;
}

/** The body of a row. */
export function actionBody(row: ActionTable): ActionBody {
  return parseJsonText(row.body) as unknown as ActionBody;
}

/** A body as the row keeps it. */
export function actionText(body: ActionBody): string {
  return jsonText({ ...body });
}

/** The action in a row. */
export function actionOf(row: ActionTable): Action {
  const { to, reason, evidence } = actionBody(row);
  return {
    id: row.id,
    project: row.project,
    incident: row.incident_id,
    kind: row.kind,
    state: row.state,
    to,
    at: row.at,
    dueAt: row.due_at,
    reason,
    decidedBy: row.decided_by,
    evidence,
  };
}
