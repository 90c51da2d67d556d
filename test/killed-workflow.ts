import { type Engine, createEngine } from '../src/engine/engine.ts';
import { timerScheduler } from '../src/engine/scheduler.ts';
import type { StepHandler, Workflow } from '../src/engine/workflow.ts';
import { build } from '../src/store/build.ts';
import type { Database } from '../src/store/database.ts';
import { openUrl } from './backends.ts';
import { systemPorts } from './ports.ts';

/*
 * A process to be killed at one of its commits: `node killed-workflow.ts URL before|after N` starts and runs
 * a small workflow and is gone before, or right after, its N-th commit. It prints `finished` if it gets to
 * the end.
 */

/** Two steps, each of which leaves a row that a second run of it would collide with, and an event. */
export function smallWorkflow(ran: (step: string) => void): Workflow {
  const step = (name: string): StepHandler => {
    return async () => {
      ran(name);
      const query = build.insertInto('project_clock').values({ project: name, at: 1 });
      return {
        result: name,
        statements: [{ query, expect: 1 }],
        events: [{ type: 'test.step.done', body: { name } }],
      };
    };
  };
  return {
    name: 'small',
    run: async (ctx) => [await ctx.step('first', step('first')), await ctx.step('second', step('second'))],
  };
}

export function engineOn(db: Database, workflow: Workflow): Engine {
  return createEngine({
    db,
    ...systemPorts,
    scheduler: timerScheduler,
    soleWorker: true,
    workflows: [workflow],
  });
}

/** The execution that every process of the test works on. */
export async function startSmall(engine: Engine): Promise<string> {
  return engine.start({ workflow: 'small', key: 'one', project: 'p', input: null, actor: 'test' });
}

function killedAt(db: Database, moment: string, at: number): Database {
  let commits = 0;
  const kill = (): void => void process.kill(process.pid, 'SIGKILL');
  return {
    ...db,
    commit: async (unit) => {
      const mine = ++commits;
      if (mine === at && moment === 'before') kill();
      await db.commit(unit);
      if (mine === at && moment === 'after') kill();
    },
  };
}

const [url, moment, at] = process.argv.slice(2);
if (import.meta.main && url !== undefined && moment !== undefined) {
  const db = killedAt(await openUrl(url, systemPorts.clock), moment, Number(at));
  const engine = engineOn(
    db,
    smallWorkflow(() => undefined),
  );
  await engine.run(await startSmall(engine));
  process.stdout.write('finished\n');
  await db.close();
}
