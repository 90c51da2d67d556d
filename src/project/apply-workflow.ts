import type { Workflow } from '../engine/workflow.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import { APPLY, type ApplyInput } from './apply-input.ts';

/**
 * The workflow that carries a project out. What it is made of, all ten stages, is loaded when it first runs.
 */
export function applyWorkflow(ctx: LifecycleContext): Workflow {
  return {
    name: APPLY,
    run: async (workflow, input) => {
      const { carryOutLife } = await import('./carry-out-life.ts');
      return carryOutLife(ctx, workflow, input as unknown as ApplyInput);
    },
  };
}
