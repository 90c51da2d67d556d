import { TendError } from '../../kernel/error.ts';
import { asJson } from '../../kernel/json.ts';
import { evidenceRecord } from '../../store/evidence.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { routesBefore } from './canary.ts';
import { askedFor, type EndpointAsk, liveEndpoint } from './endpoint-change.ts';
import type { Statement } from '../../store/database.ts';
import { type EndpointRoute, routeStatements, unchanged } from './endpoint-store.ts';
import { isFallback } from './fallback-release.ts';
import { moveChampion } from './move-champion.ts';
import { publishRouting } from './publish-routing.ts';
import { noteOnStage } from './stage-note.ts';
import { endStatement, runningRollouts } from './rollout-store.ts';

/** What a rollback did. */
export interface RolledBack {
  readonly endpoint: string;
  /** Version that answers now, and the one that answered before; it stays warm. */
  readonly version: string;
  readonly before: string;
}

/**
 * Gives an endpoint back to the release before: model, features, code and configuration as one unit. The
 * release is loaded already, so it is one swap of pointers in the serving process. Calling it twice goes back
 * and forth.
 * During a rollout it ends that, and the candidate takes no more traffic.
 * @throws NOT_FOUND for an unknown endpoint; GONE for a retired one; CONFLICT when no release before is kept
 *   warm, or when the endpoint was moved meanwhile.
 */
export async function rollBack(
  ctx: Pick<LifecycleContext, 'db' | 'stateDir' | 'clock' | 'random'>,
  input: EndpointAsk,
): Promise<RolledBack> {
  const endpoint = await liveEndpoint(ctx.db, input.endpoint);
  const { routes } = endpoint;
  const [rollout] = await runningRollouts(ctx.db, input.endpoint);
  const stable = routes.find((route) => route.role === 'stable');
  const candidate = routes.find((route) => route.role === 'candidate');
  const back = candidate === undefined ? routes.find((route) => route.role === 'warm') : stable;
  const away = candidate ?? stable;
  if (back === undefined || away === undefined) {
    throw new TendError('CONFLICT', `${input.endpoint} has no version before this one to go back to`);
  }
  // A candidate is not kept warm: a second call would give it all traffic, and it has not passed its canary.
  const next =
    candidate === undefined
      ? swapped(back, away)
      : routesBefore({ from: back.releaseHash, warm: rollout?.warm ?? null });
  const { project } = endpoint;
  const record = rollbackRecord(ctx, input, { project, away, back, next });
  const note = {
    reason: `version ${back.version} answers at ${input.endpoint} again: ${input.reason}`,
    evidence: record.evidence.id,
    now: ctx.clock.now(),
  };
  await ctx.db.commit({
    statements: [
      unchanged(endpoint),
      ...(await noteOnStage(ctx.db, project, note)),
      ...(rollout === undefined ? [] : [endStatement(rollout.id, 'rolled-back', ctx.clock.now())]),
      ...routeStatements(input.endpoint, project, next),
      ...aliasOf(ctx, project, back.version),
      ...record.statements,
    ],
    ledger: [
      ...record.ledger,
      {
        chain: projectChain(project),
        action: 'endpoint.rolled-back',
        actor: input.principal.id,
        subject: input.endpoint,
        body: { from: away.releaseHash, to: back.releaseHash, ...askedFor(input) },
      },
    ],
  });
  await publishRouting(ctx);
  return { endpoint: input.endpoint, version: back.version, before: away.version };
}

/** The evidence of a rollback. */
function rollbackRecord(
  ctx: Pick<LifecycleContext, 'clock' | 'random'>,
  input: EndpointAsk,
  move: {
    readonly project: string;
    readonly away: VersionedRoute;
    readonly back: VersionedRoute;
    readonly next: readonly EndpointRoute[];
  },
) {
  const { away, back } = move;
  return evidenceRecord(
    {
      project: move.project,
      stage: 'deployment',
      kind: 'rollback',
      subject: back.releaseHash,
      verdict: 'info',
      title: `${input.endpoint} went back to version ${back.version}`,
      body: {
        endpoint: input.endpoint,
        from: away.version,
        to: back.version,
        ...askedFor(input),
        routes: move.next.map(asJson),
      },
      actor: input.principal.id,
    },
    ctx,
  );
}

/** The champion is the version that answers; a fallback is no version, and the champion stays. */
function aliasOf(
  ports: Pick<LifecycleContext, 'clock' | 'random'>,
  project: string,
  version: string,
): Statement[] {
  if (isFallback(version)) return [];
  return moveChampion(ports, { project, model: project, version: Number(version) });
}

type VersionedRoute = EndpointRoute & { readonly version: string };

function swapped(back: EndpointRoute, away: EndpointRoute): EndpointRoute[] {
  return [
    { releaseHash: back.releaseHash, weight: 1, role: 'stable' },
    { releaseHash: away.releaseHash, weight: 0, role: 'warm' },
  ];
}
