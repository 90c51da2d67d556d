import { z } from 'zod';
import { isConflict } from '../../../engine/lease.ts';
import { TendError } from '../../../kernel/error.ts';
import { hashJson } from '../../../kernel/hash.ts';
import type { Principal } from '../../../kernel/policy.ts';
import { build } from '../../../store/build.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { IncidentTable } from '../../../store/tables/loop-tables.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import { closeIncident } from './close-incident.ts';
import { bodyText, type Incident, incidentBody, incidentOf } from './incident.ts';
import { incidentClock } from './incident-clock.ts';
import { findIncident } from './incident-store.ts';

/** What deciding on an incident needs. */
export interface IncidentContext extends Pick<LifecycleContext, 'db' | 'clock' | 'random'> {
  readonly principal: Principal;
}

/** Which incident, and what was done about it. */
export const incidentResolution = z.object({
  id: z.string().max(100),
  resolution: z.string().min(3, 'expected what was done about it').max(2_000),
});

/** A monitor may see the incident again between reading and writing. */
const TURNS_MAX = 5;

/**
 * Says that somebody looks after it; it still closes by itself. Again by the same person changes nothing.
 * @throws NOT_FOUND; CONFLICT when it is resolved
 */
export function acknowledgeIncident(ctx: IncidentContext, id: string): Promise<Incident> {
  return decide(ctx, id, async (row) => {
    const body = incidentBody(row);
    if (body.acknowledgedBy === ctx.principal.id) return;
    const text = bodyText({ ...body, acknowledgedBy: ctx.principal.id });
    const query = build
      .updateTable('incident')
      .set({ state: 'acknowledged', body: text, updated_at: ctx.clock.now() })
      .where('id', '=', id)
      .where('state', '=', row.state)
      .where('seen', '=', row.seen);
    const entry = {
      chain: projectChain(row.project),
      action: 'incident.acknowledged',
      actor: ctx.principal.id,
      subject: id,
      body: { cause: row.cause },
    };
    await ctx.db.commit({ statements: [{ query, expect: 1 }], ledger: [entry] });
  });
}

/**
 * Closes an incident by hand, with what was done as its evidence. If the cause is found again later, another
 * one opens. @throws NOT_FOUND; CONFLICT when it is resolved
 */
export function resolveIncident(
  ctx: IncidentContext,
  input: z.output<typeof incidentResolution>,
): Promise<Incident> {
  const { principal } = ctx;
  const { id, resolution } = input;
  return decide(ctx, id, async (row) => {
    const at = Math.max(await incidentClock(ctx, row.project), row.last_at);
    const { project, cause } = row;
    const draft = {
      kind: 'resolution',
      subject: incidentBody(row).release ?? hashJson({ project, cause }),
      verdict: 'info' as const,
      title: `resolved by ${principal.name}: ${row.title}`,
      body: { incident: id, cause, at, resolution, by: { id: principal.id, name: principal.name } },
    };
    const closing = { at, by: principal.id, resolution, evidence: [draft] };
    const { statements, ledger = [] } = closeIncident(ctx, row, closing);
    await ctx.db.commit({ statements, ledger });
  });
}

async function decide(
  ctx: IncidentContext,
  id: string,
  change: (row: IncidentTable) => Promise<void>,
): Promise<Incident> {
  for (let turn = 1; ; turn++) {
    const row = await findIncident(ctx.db, id);
    if (row.state === 'resolved') {
      throw new TendError('CONFLICT', `incident ${id} is resolved already: ${row.resolution ?? ''}`);
    }
    try {
      await change(row);
      return incidentOf(await findIncident(ctx.db, id));
    } catch (error) {
      if (!isConflict(error) || turn >= TURNS_MAX) throw error;
    }
  }
}
