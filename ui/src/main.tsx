import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/api-error.ts';
import { ToastProvider } from './components/toast.tsx';
import { router } from './router.tsx';

/** Only an unreachable or failing server is asked again: what was refused stays refused. */
function mayRetry(failures: number, error: unknown): boolean {
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !refused && failures < 2;
}

const client = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, staleTime: 2000 } },
});

const root = document.getElementById('root');
if (root === null) throw new Error('expected an element with the id "root" in index.html');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <ToastProvider>
        <RouterProvider router={router} />
      </ToastProvider>
    </QueryClientProvider>
  </StrictMode>,
);
