import { createEngine, type Engine } from '../engine/engine.ts';
import { createOutbox, type Outbox } from '../engine/outbox.ts';
import { timerScheduler } from '../engine/scheduler.ts';
import type { ActionPorts } from '../lifecycle/monitoring/index.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import { applyWorkflow } from '../project/apply-workflow.ts';
import { exitWorkflow } from '../project/exit-workflow.ts';
import { createLiveProjects, type LiveProjects } from '../project/live-projects.ts';
import { retrainEffectWorkflow } from '../project/retrain-effect.ts';
import { retrainWorkflow } from '../project/retrain-workflow.ts';
import { endpointActions } from './endpoint-actions.ts';
import { exitPorts } from './exit-ports.ts';
import { retrainPorts } from './retrain-ports.ts';
import { subscribers } from './subscribers.ts';

/** What works on by itself in a process: executions, events, live projects, and actions of incidents. */
export interface ComposedEngine {
  readonly engine: Engine;
  readonly outbox: Outbox;
  readonly live: LiveProjects;
  readonly actions: ActionPorts;
}

/** The engine with every workflow, and the outbox with everybody who acts on events. They know each other. */
export function composeEngine(lifecycle: LifecycleContext): ComposedEngine {
  const { db, clock, random } = lifecycle;
  const live = createLiveProjects(lifecycle);
  const actions: ActionPorts = endpointActions(() => ({ ...lifecycle, engine }));
  const outbox = createOutbox({
    db,
    clock,
    subscribers: subscribers(() => ({ ...lifecycle, engine, actions })),
  });
  const ports = retrainPorts(lifecycle, live);
  const engine: Engine = createEngine({
    db,
    clock,
    random,
    scheduler: timerScheduler,
    soleWorker: true,
    workflows: [
      applyWorkflow(lifecycle),
      retrainWorkflow(lifecycle, ports),
      retrainEffectWorkflow(lifecycle, ports),
      exitWorkflow(lifecycle, exitPorts(lifecycle)),
    ],
    onEvents: () => void outbox.deliver().catch(() => undefined),
  });
  return { engine, outbox, live, actions };
}
