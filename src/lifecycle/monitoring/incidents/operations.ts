import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../../kernel/operation.ts';
import { pageInput, pageOf } from '../../../kernel/page.ts';
import { nameText } from '../../../kernel/schema.ts';
import { listEvidence } from '../../../store/evidence.ts';
import { actionOf, actionView } from '../actions/action.ts';
import { actionsOfIncident } from '../actions/action-store.ts';
import { actionVeto, vetoAction } from '../actions/veto-action.ts';
import {
  acknowledgeIncident,
  type IncidentContext,
  incidentResolution,
  resolveIncident,
} from './decide-incident.ts';
import { INCIDENT_STATES, incidentOf, incidentView } from './incident.ts';
import { findIncident, listIncidents } from './incident-store.ts';

const byId = z.object({ id: z.string().max(100) });

/** Evidence shown with an incident: its opening, and what came last. */
const EVIDENCE_SHOWN_MAX = 30;

const incidentDetail = z
  .object({
    ...incidentView.shape,
    actions: z.array(actionView),
    shown: z
      .array(
        z.object({
          id: z.string(),
          kind: z.string(),
          verdict: z.enum(['pass', 'fail', 'info']),
          title: z.string(),
          createdAt: z.int(),
        }),
      )
      .describe('Its evidence in short, the oldest first; the middle of a long list is left out.'),
  })
  .meta({ id: 'IncidentDetail' });

/** Incidents, what was done about them, and the actions that they set off. */
export const incidentOperations: readonly AnyOperation<IncidentContext>[] = [
  defineOperation({
    name: 'incidents.list',
    summary: 'Lists incidents, the newest first',
    method: 'GET',
    path: '/incidents',
    input: z.object({
      ...pageInput,
      project: nameText.exactOptional(),
      state: z.enum(INCIDENT_STATES).exactOptional(),
    }),
    output: pageOf(incidentView),
    errors: ['INVALID_INPUT'],
    permission: 'project.read',
    audit: 'none',
    cli: { command: 'incidents list', example: 'tend incidents list --state open' },
    handler: (ctx: IncidentContext, input) => listIncidents(ctx.db, input),
  }),
  defineOperation({
    name: 'incidents.show',
    summary: 'Shows an incident with its evidence and its actions',
    method: 'GET',
    path: '/incidents/{id}',
    input: byId,
    output: incidentDetail,
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    cli: { command: 'incidents show', positional: ['id'], example: 'tend incidents show inc_01ht…' },
    handler: async (ctx: IncidentContext, { id }) => detailOf(ctx, id),
  }),
  defineOperation({
    name: 'incidents.acknowledge',
    summary: 'Says that you look after an incident; it still closes by itself',
    method: 'POST',
    path: '/incidents/{id}/acknowledge',
    input: byId,
    output: incidentView,
    errors: ['NOT_FOUND', 'CONFLICT'],
    permission: 'incident.write',
    audit: 'ledger',
    cli: { command: 'incidents acknowledge', positional: ['id'] },
    handler: (ctx: IncidentContext, { id }) => acknowledgeIncident(ctx, id),
  }),
  defineOperation({
    name: 'incidents.resolve',
    summary: 'Closes an incident by hand, with what was done about it',
    method: 'POST',
    path: '/incidents/{id}/resolve',
    input: incidentResolution,
    output: incidentView,
    errors: ['NOT_FOUND', 'CONFLICT'],
    permission: 'incident.write',
    audit: 'ledger',
    cli: {
      command: 'incidents resolve',
      positional: ['id'],
      example: 'tend incidents resolve inc_01ht… --resolution "the source was repaired"',
    },
    handler: (ctx: IncidentContext, input) => resolveIncident(ctx, input),
  }),
  defineOperation({
    name: 'actions.veto',
    summary: 'Says no to an action that waits',
    method: 'POST',
    path: '/actions/{id}/veto',
    input: actionVeto,
    output: actionView,
    errors: ['NOT_FOUND', 'CONFLICT'],
    permission: 'incident.write',
    audit: 'ledger',
    cli: {
      command: 'incidents veto',
      positional: ['id'],
      example: 'tend incidents veto act_01ht… --reason "the holiday explains it"',
    },
    handler: (ctx: IncidentContext, input) => vetoAction(ctx, input),
  }),
];

async function detailOf(ctx: IncidentContext, id: string): Promise<z.output<typeof incidentDetail>> {
  const incident = incidentOf(await findIncident(ctx.db, id));
  const [first, ...rest] = incident.evidence;
  const ids = first === undefined ? [] : [first, ...rest.slice(1 - EVIDENCE_SHOWN_MAX)];
  const evidence = await listEvidence(ctx.db, ids);
  return {
    ...incident,
    actions: (await actionsOfIncident(ctx.db, id)).map(actionOf),
    shown: evidence.map(({ id: key, kind, verdict, title, createdAt }) => ({
      id: key,
      kind,
      verdict,
      title,
      createdAt,
    })),
  };
}
