import type { PlaneStatus, WorkerReport } from './plane-status.ts';

/** From the supervisor. `connection` comes with the socket. */
export type ToWorker =
  | { readonly kind: 'start'; readonly worker: number; readonly workers: number; readonly planePid: number }
  | { readonly kind: 'connection'; readonly connection: number }
  | { readonly kind: 'report'; readonly request: number }
  | { readonly kind: 'status'; readonly request: number; readonly status: PlaneStatus }
  | { readonly kind: 'drain' };

/** From a worker. A report answers the request of its number; without one it comes by itself. */
export type FromWorker =
  | { readonly kind: 'accepting' }
  | { readonly kind: 'taken'; readonly connection: number }
  | { readonly kind: 'report'; readonly request: number | null; readonly report: WorkerReport }
  | { readonly kind: 'status'; readonly request: number };
