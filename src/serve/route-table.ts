import type { RouteWeight } from './plane-status.ts';
import { recordLines } from './record-line.ts';
import type { RoutedEndpoint, RoutingSnapshot } from './routing.ts';
import type { ServedRelease } from './served-release.ts';
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
  sequence: number;
}

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
 * endpoint.
 */
export function buildRouteTable(
  snapshot: RoutingSnapshot,
  releases: ReadonlyMap<string, ServedRelease>,
  previous: RouteTable | undefined,
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
      sequence: same ? before.sequence : 0,
    });
  }
  return { generation: snapshot.generation, endpoints };
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
  const known = all.flatMap(({ served }) => [...served.fieldNames]);
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
      foreignFields: new Set(known.filter((name) => !served.fieldNames.has(name))),
      recordLine: recordLines(weight, served),
      answerTail: `,"version":${version},"endpoint":${JSON.stringify(endpoint.name)}}\n`,
    };
  });
}

function sameRoutes(a: readonly ServedRoute[], b: readonly ServedRoute[]): boolean {
  return (
    a.length === b.length && a.every((one, i) => one.release === b[i]?.release && one.weight === b[i]?.weight)
  );
}
