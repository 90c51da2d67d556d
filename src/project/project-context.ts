import type { Engine } from '../engine/engine.ts';
import type { ActionPorts } from '../lifecycle/monitoring/index.ts';
import type { Principal } from '../kernel/policy.ts';
import type { LiveProjects } from './live-projects.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';

/** What the operations on projects need. One per request: the principal is whoever asks. */
export interface ProjectContext extends LifecycleContext {
  readonly principal: Principal;
  readonly engine: Engine;
  /** What incidents may do. */
  readonly actions: ActionPorts;
  /** Delivers what the move of a clock led to, and lets executions that wait for traffic look at it. */
  readonly settleMove: (project: string) => Promise<void>;
  /** Projects that answer, watched. */
  readonly live: LiveProjects;
  /** Folder of tend.yaml: relative sources start here. */
  readonly projectDir: string;
  /** URL of the data plane, where one runs beside this process. */
  readonly dataPlaneUrl: () => Promise<string | null>;
  /** True once an account has a password: then everyone signs in. */
  readonly signInNeeded: () => Promise<boolean>;
}
