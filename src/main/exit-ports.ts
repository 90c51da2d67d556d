import type { ExitPorts } from '../lifecycle/decommissioning/index.ts';
import { sampleLogged } from '../lifecycle/monitoring/index.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import { rehearseInProcess } from './rehearsal-process.ts';

/** What an exit takes of the stages before it and of the machine. */
export function exitPorts(ctx: LifecycleContext): ExitPorts {
  return {
    sample: (asked) => sampleLogged(ctx, asked),
    rehearse: rehearseInProcess,
  };
}
