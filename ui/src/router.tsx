import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { BoardPage } from './board/board-page.tsx';
import { boardSearch } from './board/board-search.ts';
import { incidentSearch } from './incident/incident-search.ts';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';
import { timelineSearch } from './timeline/timeline-search.ts';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const boardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: boardSearch,
  component: BoardPage,
});

// Pages beside the board come when they are asked for: the first load is that of the board alone.
const incidentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incidents',
  validateSearch: incidentSearch,
  component: lazyRouteComponent(() => import('./incident/incidents-page.tsx'), 'IncidentsPage'),
});

const incidentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incidents/$incident',
  component: lazyRouteComponent(() => import('./incident/incident-page.tsx'), 'IncidentPage'),
});

const candidateRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects/$project/candidates/$candidate',
  component: lazyRouteComponent(() => import('./candidate/candidate-page.tsx'), 'CandidatePage'),
});

const timelineRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects/$project/timeline',
  validateSearch: timelineSearch,
  component: lazyRouteComponent(() => import('./timeline/timeline-page.tsx'), 'TimelinePage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    boardRoute,
    incidentsRoute,
    incidentRoute,
    candidateRoute,
    timelineRoute,
  ]),
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
