import type { Database } from '../../store/database.ts';
import { listRoutes } from './endpoint-store.ts';

/**
 * Does a release have the traffic of an endpoint? Not any more once it was rolled back or another took over.
 */
export async function releaseAnswers(
  db: Database,
  { endpoint, releaseHash }: { readonly endpoint: string; readonly releaseHash: string },
): Promise<boolean> {
  const routes = await listRoutes(db, endpoint);
  return routes.some((route) => route.role === 'stable' && route.releaseHash === releaseHash);
}
