import type { RouteWeight } from './plane-status.ts';
import { recordLines } from './record-line.ts';
import type { RoutedEndpoint, RoutingSnapshot } from './routing.ts';
import type { ServedRelease } from './served-release.ts';
import { Throttle } from './throttle.ts';
import { cumulativeWeights, weightedChoice } from './weighted-choice.ts';

/** One release at one endpoint. */
export interface ServedRoute extends RouteWeight {
  readonly served: ServedRelease;
  /**
   * Fields that only other routes of the endpoint know; the client may send them, this release ignores
   * them.
   */
  readonly foreignFields: ReadonlySet<string>;
  /** Spells the record of one prediction. */
  readonly recordLine: ReturnType<typeof recordLines>;
  /** End of every answer: `,"version":…,"endpoint":…}`. */
  readonly answerTail: string;
}

/**
 * An endpoint with its routes; the sequence counts its accepted requests and is the one thing that changes.
 */
export interface ServedEndpoint {
  readonly name: string;
  readonly routes: readonly ServedRoute[];
  readonly cumulative: Float64Array;
  /** Why it takes no request now; null: it does. */
  readonly closed: ClosedEndpoint | null;
  readonly throttle: Throttle | null;
  sequence: number;
}

/** An endpoint that answers nothing: until it is resumed, or for good. */
export type ClosedEndpoint =
  | { readonly kind: 'stopped'; readonly reason: string | null }
  | { readonly kind: 'retired'; readonly successor: string | null };

/**
 * Everything a request is routed by. Never changed once built (but for the sequences): a new one takes its
 * place.
 */
export interface RouteTable {
  readonly generation: number;
  readonly endpoints: ReadonlyMap<string, ServedEndpoint>;
}

/**
 * Builds the table of a snapshot whose releases are all loaded. An endpoint whose releases and weights are
 * those of `previous` goes on counting there, so that weights stay exact over a swap that concerns another
 * endpoint. Of a throttle each of `workers` keeps its part.
 */
export function buildRouteTable(
  snapshot: RoutingSnapshot,
  releases: ReadonlyMap<string, ServedRelease>,
  previous: RouteTable | undefined,
  workers = 1,
): RouteTable {
  const endpoints = new Map<string, ServedEndpoint>();
  for (const endpoint of snapshot.endpoints) {
    const routes = servedRoutes(endpoint, releases);
    const cumulative = cumulativeWeights(endpoint.routes.map((route) => route.weight));
    const before = previous?.endpoints.get(endpoint.name);
    const same = before !== undefined && sameRoutes(before.routes, routes);
    endpoints.set(endpoint.name, {
      name: endpoint.name,
      routes,
      cumulative,
      closed: closedOf(endpoint),
      throttle: throttleOf(endpoint, workers, before?.throttle ?? null),
      sequence: same ? before.sequence : 0,
    });
  }
  return { generation: snapshot.generation, endpoints };
}

function closedOf({ state, reason, tombstone }: RoutedEndpoint): ClosedEndpoint | null {
  if (state === 'serving') return null;
  if (state === 'stopped') return { kind: 'stopped', reason };
  return { kind: 'retired', successor: tombstone?.successor ?? null };
}

/** The same throttle goes on where it was: a swap of routes gives nobody a new burst. */
function throttleOf({ throttle }: RoutedEndpoint, workers: number, before: Throttle | null): Throttle | null {
  if (throttle === null) return null;
  const perSecond = throttle.perSecond / workers;
  return before?.perSecond === perSecond ? before : new Throttle(perSecond);
}

/** The route that takes the endpoint's next request. The caller counts the request when it is accepted. */
export function nextRoute(endpoint: ServedEndpoint): ServedRoute {
  const route = endpoint.routes[weightedChoice(endpoint.cumulative, endpoint.sequence)];
  if (route === undefined) throw new RangeError(`endpoint ${endpoint.name} has no route`);
  return route;
}

function servedRoutes(endpoint: RoutedEndpoint, releases: ReadonlyMap<string, ServedRelease>): ServedRoute[] {
  const all = endpoint.routes.map((route) => {
    const served = releases.get(route.releaseHash);
    if (served === undefined) throw new RangeError(`release ${route.releaseHash} is not loaded`);
    return { route, served };
  });
  const fields = all.flatMap(({ served }) => [...served.fieldNames]);
  const keys = all.flatMap(({ served }) => served.decider.manifest.key?.name ?? []);
  const foreign = (names: readonly string[], { fieldNames, decider }: ServedRelease): Set<string> =>
    new Set(names.filter((name) => !fieldNames.has(name) && name !== decider.manifest.key?.name));
  return all.map(({ route, served }) => {
    const weight: RouteWeight = {
      endpoint: endpoint.name,
      release: route.releaseHash,
      version: route.version,
      weight: route.weight,
      role: route.role,
    };
    const version = JSON.stringify(route.version);
    return {
      ...weight,
      served,
      foreignFields: foreign([...fields, ...keys], served),
      recordLine: recordLines(weight, served, [...foreign(fields, served)]),
      answerTail: `,"version":${version},"endpoint":${JSON.stringify(endpoint.name)}}\n`,
    };
  });
}

function sameRoutes(a: readonly ServedRoute[], b: readonly ServedRoute[]): boolean {
  return (
    a.length === b.length && a.every((one, i) => one.release === b[i]?.release && one.weight === b[i]?.weight)
  );
}
