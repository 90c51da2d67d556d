import type { Workflow } from '../engine/workflow.ts';
import { RETRAIN } from '../lifecycle/retraining/index.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import type { RetrainPorts } from './retrain-ports.ts';

/**
 * The workflow of a retraining; its input is `{ retraining }`. What it is made of is loaded when it first
 * runs.
 */
export function retrainWorkflow(ctx: LifecycleContext, ports: RetrainPorts): Workflow {
  return {
    name: RETRAIN,
    run: async (workflow, input) => {
      const { carryOutRetraining } = await import('./retrain-project.ts');
      return carryOutRetraining(ctx, ports, workflow, input as { readonly retraining: string });
    },
  };
}
