import { z } from 'zod';
import { jsonText, parseJsonText } from '../../../store/json-text.ts';
import type { IncidentTable } from '../../../store/tables/loop-tables.ts';

/** An incident is open until it closes by itself or a person resolves it. */
export const INCIDENT_STATES = ['open', 'acknowledged', 'resolved'] as const;

/** Something that went wrong, once for each cause while it is open. Times are of the project clock. */
export const incidentView = z
  .object({
    id: z.string(),
    project: z.string(),
    cause: z.string().describe('drift, criterion:<id>, quality:<dataset>:<rule>, requests, outcomes, …'),
    severity: z.enum(['info', 'warning', 'critical']),
    state: z.enum(INCIDENT_STATES),
    owner: z.string(),
    title: z.string(),
    whatToDo: z.string(),
    seen: z.int().describe('Windows in which it was found.'),
    evidence: z.array(z.string()).describe('Ids, the oldest first; the last of a closed one is its proof.'),
    release: z.string().nullable().describe('Hash of the release that answered when it opened.'),
    openedAt: z.int(),
    lastAt: z.int(),
    acknowledgedBy: z.string().nullable(),
    resolvedAt: z.int().nullable(),
    resolvedBy: z.string().nullable().describe('system: the monitor holds again.'),
    resolution: z.string().nullable(),
    createdAt: z.int(),
  })
  .meta({ id: 'Incident' });

export type Incident = z.output<typeof incidentView>;

/** What the row of an incident keeps besides its columns. `evidenceDay`: of the newest evidence. */
export interface IncidentBody {
  readonly release: string | null;
  readonly evidenceDay: number;
  readonly acknowledgedBy: string | null;
}

/** The incident in a row. */
export function incidentOf(row: IncidentTable): Incident {
  const { release, acknowledgedBy } = incidentBody(row);
  return {
    id: row.id,
    project: row.project,
    cause: row.cause,
    severity: row.severity,
    state: row.state,
    owner: row.owner,
    title: row.title,
    whatToDo: row.what_to_do,
    seen: row.seen,
    evidence: parseJsonText(row.evidence) as string[],
    release,
    openedAt: row.opened_at,
    lastAt: row.last_at,
    acknowledgedBy,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    resolution: row.resolution,
    createdAt: row.created_at,
  };
}

/** The body of a row. */
export function incidentBody(row: IncidentTable): IncidentBody {
  return parseJsonText(row.body) as unknown as IncidentBody;
}

/** A body as the row keeps it. */
export function bodyText(body: IncidentBody): string {
  return jsonText({ ...body });
}
