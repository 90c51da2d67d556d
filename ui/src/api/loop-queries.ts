import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Incident } from './answer.ts';
import { call } from './call.ts';

/** First part of the key of everything that live traffic changes: one invalidation renews all of it. */
export const LOOP = 'loop';

/** Most that a list answers at once: what a count or a lookup reads. */
const LIMIT_MAX = 500;

/** Which incidents; of all projects and states where none is named. */
interface IncidentsAsked {
  readonly project?: string;
  readonly state?: Incident['state'];
}

/** Incidents, newest first: as many as are counted on the board. */
export function incidentsQuery(asked: IncidentsAsked) {
  return queryOptions({
    queryKey: [LOOP, 'incidents', asked],
    queryFn: ({ signal }) => call('incidents.list', { ...asked, limit: LIMIT_MAX }, { signal }),
  });
}

/** Incidents, newest first, page by page. */
export function incidentPagesQuery(asked: IncidentsAsked) {
  return infiniteQueryOptions({
    queryKey: [LOOP, 'incident-pages', asked],
    queryFn: ({ signal, pageParam }) =>
      call('incidents.list', { ...asked, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
}

/** One incident with the actions that it set off. */
export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: [LOOP, 'incident', id],
    queryFn: ({ signal }) => call('incidents.show', { id }, { signal }),
  });
}

/** Candidates of a project, those of the newest retraining first. */
export function candidatesQuery(project: string) {
  return queryOptions({
    queryKey: [LOOP, 'candidates', project],
    queryFn: ({ signal }) => call('candidates.list', { project }, { signal }),
  });
}

/** A live metric over time with what happened; the first live criterion where none is named. */
export function timelineQuery(project: string, criterion?: string) {
  return queryOptions({
    queryKey: [LOOP, 'timeline', project, criterion ?? ''],
    queryFn: ({ signal }) =>
      call('projects.timeline', criterion === undefined ? { project } : { project, criterion }, { signal }),
  });
}

/** Monitors of a project, by their names. */
export function monitorsQuery(project: string) {
  return queryOptions({
    queryKey: [LOOP, 'monitors', project],
    queryFn: ({ signal }) => call('monitors.list', { project }, { signal }),
  });
}

/** The project clock. */
export function clockQuery(project: string) {
  return queryOptions({
    queryKey: [LOOP, 'clock', project],
    queryFn: ({ signal }) => call('clock.show', { project }, { signal }),
  });
}

/** What has retired, in all projects, the latest first. */
export const retirementsQuery = queryOptions({
  queryKey: [LOOP, 'retirements'],
  queryFn: ({ signal }) => call('retirements.list', {}, { signal }),
});

/** Which versions answer where, and how much of the traffic each takes. */
export const endpointsQuery = queryOptions({
  queryKey: [LOOP, 'endpoints'],
  queryFn: ({ signal }) => call('endpoints.list', {}, { signal }),
});

/** What was said about an incident, a candidate or a piece of evidence, newest first. */
export function commentsQuery(project: string, subject: string) {
  return queryOptions({
    queryKey: [LOOP, 'comments', project, subject],
    queryFn: ({ signal }) => call('comments.list', { project, subject, limit: LIMIT_MAX }, { signal }),
  });
}
