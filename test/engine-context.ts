import { createEngine, type Engine } from '../src/engine/engine.ts';
import type { Workflow } from '../src/engine/workflow.ts';
import type { Database } from '../src/store/database.ts';
import type { Backend } from './backends.ts';
import { ManualTime } from './manual-time.ts';
import { systemPorts } from './ports.ts';

/** A database whose time a test moves, and engines on it. */
export interface EngineTestContext {
  readonly db: Database;
  readonly time: ManualTime;
  /**
   * An engine with one workflow, called `test`. `timers` gives it timers of its own; `sole`: the only worker.
   */
  readonly engineFor: (
    run: Workflow['run'],
    options?: { readonly timers?: ManualTime; readonly sole?: boolean },
  ) => Engine;
}

/** Opens a new database for one test; closes it and every engine afterwards. */
export async function withEngines(
  backend: Backend,
  claim: (context: EngineTestContext) => Promise<void>,
): Promise<void> {
  const time = new ManualTime();
  const db = await (await backend.place()).open(time.clock);
  const engines: Engine[] = [];
  const engineFor: EngineTestContext['engineFor'] = (run, { timers = time, sole = false } = {}) => {
    const engine = createEngine({
      db,
      clock: time.clock,
      random: systemPorts.random,
      scheduler: timers.scheduler,
      soleWorker: sole,
      workflows: [{ name: 'test', run }],
    });
    engines.push(engine);
    return engine;
  };
  try {
    await claim({ db, time, engineFor });
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
    await db.close();
  }
}
