import { liveData } from '../lifecycle/data/index.ts';
import { armMonitors, loggedWindow } from '../lifecycle/monitoring/index.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import type { LiveProjects } from '../project/live-projects.ts';
import type { RetrainPorts } from '../project/retrain-ports.ts';

/** What retraining takes of monitoring: received rows are sealed before they are taken. */
export function retrainPorts(ctx: LifecycleContext, live: LiveProjects): RetrainPorts {
  const seal = async (project: string): Promise<void> => {
    await (await live.open(project))?.seal();
  };
  return {
    liveData: async (scope, inputs, base, at) => {
      // Once: a retraining whose canary waits for traffic comes here at every move of the clock.
      await scope.workflow.step('retraining.seal', async () => {
        await seal(scope.project);
        return { result: null };
      });
      return liveData(scope, inputs, base, at);
    },
    armMonitors: (scope, { document, ...inputs }) => armMonitors(scope, { ...inputs, split: document.split }),
    loggedWindow: async (_scope, input) => {
      await seal(input.project);
      return loggedWindow(ctx, input);
    },
  };
}
