import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import type { EventSubscriber } from '../engine/outbox.ts';
import { enqueueDeliveries } from '../engine/webhook/enqueue-deliveries.ts';
import { startExit } from '../lifecycle/decommissioning/index.ts';
import { APPROVAL_DECIDED, COMMENT_CREATED } from '../lifecycle/governance/index.ts';
import {
  ACTION_SETTLED,
  type ActionPorts,
  carryOutActions,
  INCIDENT_CLOSED,
  INCIDENT_OPENED,
} from '../lifecycle/monitoring/index.ts';
import { REGISTRY_EVENTS } from '../lifecycle/training/registry/registry-event.ts';
import { RETRAINING_EVENTS } from '../lifecycle/retraining/events.ts';
import { WEBHOOK_FORMATS } from './webhook-formats.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';

/** Every type of event that is written to the outbox. */
export const EVENT_TYPES: readonly string[] = [
  APPROVAL_DECIDED,
  COMMENT_CREATED,
  INCIDENT_OPENED,
  INCIDENT_CLOSED,
  ACTION_SETTLED,
  ...RETRAINING_EVENTS,
  ...REGISTRY_EVENTS,
  'decommissioning.subject.retired',
];

/** The promotion was proved to help and stays: the version that it replaced may go. */
const EFFECT_KEPT = 'retraining.effect.kept';
const keptBody = z.object({ project: z.string(), version: z.number(), replacedVersion: z.number() });

interface Context extends LifecycleContext {
  readonly engine: Engine;
  readonly actions: ActionPorts;
}

/** Who acts on events: the loop is closed here. Handlers may be called again for the same event. */
export function subscribers(context: () => Context): readonly EventSubscriber[] {
  return [
    {
      type: APPROVAL_DECIDED,
      handle: async ({ body }) => {
        if (typeof body.executionId === 'string') await context().engine.wake(body.executionId);
      },
    },
    {
      type: INCIDENT_OPENED,
      handle: async ({ body }) => {
        const ctx = context();
        if (typeof body.incident === 'string') await carryOutActions(ctx, ctx.actions, body.incident);
      },
    },
    {
      type: EFFECT_KEPT,
      handle: async ({ body }) => {
        const { project, version, replacedVersion } = keptBody.parse(body);
        const reason = 'its successor was proved to be better in live traffic';
        const what = `${project}@${replacedVersion}`;
        const successor = `${project}@${version}`;
        await startExit(context(), { what, successor, reason, actor: 'system' });
      },
    },
    ...EVENT_TYPES.map(
      (type): EventSubscriber => ({
        type,
        handle: (event) => enqueueDeliveries({ ...context(), formats: WEBHOOK_FORMATS }, event),
      }),
    ),
  ];
}
