import { useQueries, useQuery } from '@tanstack/react-query';
import type { Project } from '../api/answer.ts';
import { candidatesQuery, endpointsQuery, incidentsQuery, retirementsQuery } from '../api/loop-queries.ts';
import { fallbackInterval } from '../api/queries.ts';
import { useLive } from '../shell/live.tsx';
import type { ProjectLife } from './cell-badges.ts';

/** A project of which nothing is known: what cannot be read takes no badge, and no board away. */
const NOTHING: ProjectLife = { incidents: [], candidates: [], retired: [], endpoints: [] };

/** Candidates, open incidents and what has retired, by project; kept up to date like the board. */
export function useLife(projects: readonly Project[]): (project: string) => ProjectLife {
  const { live } = useLive();
  const refetchInterval = fallbackInterval(live);
  const open = useQuery({ ...incidentsQuery({ state: 'open' }), refetchInterval });
  const known = useQuery({ ...incidentsQuery({ state: 'acknowledged' }), refetchInterval });
  const retired = useQuery({ ...retirementsQuery, refetchInterval });
  const endpoints = useQuery({ ...endpointsQuery, refetchInterval });
  const candidates = useQueries({
    queries: projects.map(({ name }) => ({ ...candidatesQuery(name), refetchInterval })),
  });
  return (name) => {
    const place = projects.findIndex((project) => project.name === name);
    if (place < 0) return NOTHING;
    const own = <T extends { readonly project: string }>(items: readonly T[] | undefined): readonly T[] =>
      (items ?? []).filter(({ project }) => project === name);
    return {
      incidents: own([...(open.data?.items ?? []), ...(known.data?.items ?? [])]),
      candidates: candidates[place]?.data?.items ?? [],
      retired: own(retired.data?.items),
      endpoints: own(endpoints.data?.items),
    };
  };
}
