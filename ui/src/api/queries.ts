import { queryOptions } from '@tanstack/react-query';
import type { Stage } from './answer.ts';
import { call } from './call.ts';

/**
 * Refetch interval while the stream of changes is down, in milliseconds: near enough to live, light on the
 * server.
 */
const FALLBACK_MS = 5000;

/** How often a query asks by itself: never while changes arrive. */
export function fallbackInterval(live: boolean): number | false {
  return live ? false : FALLBACK_MS;
}

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: ({ signal }) => call('server.show', {}, { signal }),
});

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => call('status.show', {}, { signal }),
});

export const inboxQuery = queryOptions({
  queryKey: ['inbox'],
  queryFn: ({ signal }) => call('inbox.list', {}, { signal }),
});

export function stageQuery(project: string, stage: Stage) {
  return queryOptions({
    queryKey: ['stage', project, stage],
    queryFn: ({ signal }) => call('stages.show', { project, stage }, { signal }),
  });
}

export function evidenceQuery(id: string) {
  return queryOptions({
    queryKey: ['evidence', id],
    queryFn: ({ signal }) => call('evidence.show', { id }, { signal }),
    staleTime: Infinity, // evidence never changes
  });
}
