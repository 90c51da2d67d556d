import type { Incident } from '../api/answer.ts';

/** States by which the list is filtered; `all` asks for every one. */
export const INCIDENT_FILTERS = ['open', 'acknowledged', 'resolved', 'all'] as const satisfies readonly (
  | Incident['state']
  | 'all'
)[];
export type IncidentFilter = (typeof INCIDENT_FILTERS)[number];

/** What of the list is in the URL; open incidents of all projects where nothing is. */
export interface IncidentSearch {
  readonly state?: IncidentFilter | undefined;
  readonly project?: string | undefined;
}

/**
 * Reads the query of the URL. What does not fit is undefined and not left out: the router would else keep it
 * as it was written.
 */
export function incidentSearch(search: Readonly<Record<string, unknown>>): IncidentSearch {
  const state = INCIDENT_FILTERS.find((one) => one === search['state']);
  const project = search['project'];
  const named = typeof project === 'string' || typeof project === 'number';
  return { state, project: named ? String(project) : undefined };
}
