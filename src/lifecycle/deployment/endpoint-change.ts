import { TendError } from '../../kernel/error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database, Statement } from '../../store/database.ts';
import { evidenceRecord } from '../../store/evidence.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { EndpointTable } from '../../store/tables/model-tables.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { changedStatement, type EndpointBody, type EndpointRoute, listRoutes } from './endpoint-store.ts';
import { publishRouting } from './publish-routing.ts';
import { noteOnStage } from './stage-note.ts';

/** What is asked of an endpoint, by whom and why; `incident`: the id of what set it off. */
export interface EndpointAsk {
  readonly endpoint: string;
  readonly reason: string;
  readonly principal: Principal;
  readonly incident?: string;
}

/** What changing an endpoint needs. */
export type EndpointContext = Pick<LifecycleContext, 'db' | 'stateDir' | 'clock' | 'random'>;

/** An endpoint as it was read, with its routes. */
export interface LiveEndpoint extends EndpointTable {
  readonly routes: readonly (EndpointRoute & { readonly version: string })[];
}

/** Why something was asked for, as it stands in evidence and ledger. */
export function askedFor({ reason, incident }: EndpointAsk): JsonObject {
  return { reason, ...(incident === undefined ? {} : { incident }) };
}

/** An endpoint that is not retired. @throws NOT_FOUND, GONE */
export async function liveEndpoint(db: Database, name: string): Promise<LiveEndpoint> {
  const row = await db.query.selectFrom('endpoint').selectAll().where('name', '=', name).executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no endpoint ${name}`);
  if (row.state === 'retired') throw new TendError('GONE', `the endpoint ${name} was retired`);
  return { ...row, routes: await listRoutes(db, name) };
}

/** A change of an endpoint that leaves its routes alone, unless `statements` change them. */
export interface EndpointChange {
  /** Kind of the evidence, and action of the ledger entry below `endpoint.`. */
  readonly kind: string;
  /** What is so now, for the evidence and the board. */
  readonly title: string;
  readonly facts?: JsonObject;
  readonly state?: 'serving' | 'stopped' | 'retired';
  readonly body?: EndpointBody;
  readonly statements?: readonly Statement[];
}

/**
 * Records the change as one unit with its evidence and ledger entry, then publishes the routing.
 * @throws CONFLICT when the endpoint was moved meanwhile
 */
export async function changeEndpoint(
  ctx: EndpointContext,
  endpoint: LiveEndpoint,
  ask: EndpointAsk,
  change: EndpointChange,
): Promise<void> {
  const { name, project } = endpoint;
  const { kind, title } = change;
  const facts = { endpoint: name, ...change.facts, ...askedFor(ask) };
  const stable = endpoint.routes.find((route) => route.role === 'stable');
  const record = evidenceRecord(
    {
      project,
      stage: 'deployment',
      kind: `endpoint-${kind}`,
      subject: stable?.releaseHash ?? name,
      verdict: 'info',
      title,
      body: facts,
      actor: ask.principal.id,
    },
    ctx,
  );
  const reason = `${title}: ${ask.reason}`;
  const note = { reason, evidence: record.evidence.id, now: ctx.clock.now() };
  await ctx.db.commit({
    statements: [
      changedStatement(endpoint, change),
      ...(change.statements ?? []),
      ...(await noteOnStage(ctx.db, project, note)),
      ...record.statements,
    ],
    ledger: [
      ...record.ledger,
      {
        chain: projectChain(project),
        action: `endpoint.${kind}`,
        actor: ask.principal.id,
        subject: name,
        body: facts,
      },
    ],
  });
  await publishRouting(ctx);
}
