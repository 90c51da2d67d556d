import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { BoardPage } from './board/board-page.tsx';
import { boardSearch } from './board/board-search.ts';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const boardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: boardSearch,
  component: BoardPage,
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([boardRoute]),
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
