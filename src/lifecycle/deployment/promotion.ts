import type { Clock, Random } from '../../kernel/clock.ts';
import { asJson } from '../../kernel/json.ts';
import type { Statement } from '../../store/database.ts';
import type { EvidenceDraft } from '../../store/evidence.ts';
import { type EndpointRoute, routeStatements } from './endpoint-store.ts';
import { moveChampion } from './move-champion.ts';
import { endStatement } from './rollout-store.ts';

/** A release that takes all traffic of its endpoint. */
export interface Promotion {
  readonly project: string;
  readonly endpoint: string;
  readonly model: string;
  readonly version: number;
  readonly releaseHash: string;
  readonly rollout: string;
  /** Release that has the traffic, and the one that stands warm beside it. */
  readonly from: string | null;
  readonly warm: string | null;
}

/** Routes, alias and rollout as one unit, and the evidence of it; the release before is kept warm. */
export function promotion(
  ports: { readonly clock: Clock; readonly random: Random },
  move: Promotion,
): {
  readonly statements: readonly Statement[];
  readonly evidence: Pick<EvidenceDraft, 'kind' | 'subject' | 'title' | 'body'> & {
    readonly verdict: 'pass';
  };
} {
  const { endpoint, version, releaseHash, rollout, from, warm } = move;
  const routes: EndpointRoute[] = [{ releaseHash, weight: 1, role: 'stable' }];
  const before = from === releaseHash ? warm : from;
  if (before !== null && before !== releaseHash) {
    routes.push({ releaseHash: before, weight: 0, role: 'warm' });
  }
  return {
    statements: [
      ...routeStatements(endpoint, move.project, routes),
      ...moveChampion(ports, move),
      endStatement(rollout, 'promoted', ports.clock.now()),
    ],
    evidence: {
      kind: 'promotion',
      subject: releaseHash,
      verdict: 'pass',
      title: `Version ${version} takes all traffic of ${endpoint}`,
      body: { endpoint, version, before: from, rollout, routes: routes.map(asJson) },
    },
  };
}
