import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import { liveBook, type LiveProject, openLiveProject } from '../lifecycle/monitoring/index.ts';
import { liveInputs } from './live-inputs.ts';

/** The projects that are watched in this process, opened when they are first needed. */
export interface LiveProjects extends AsyncDisposable {
  /** The project as it is declared now; undefined while nothing of it answers. */
  readonly open: (project: string) => Promise<LiveProject | undefined>;
  /** Those that are open. */
  readonly opened: () => readonly LiveProject[];
}

interface Kept {
  readonly stamp: string;
  readonly live: LiveProject;
}

/**
 * No project is open at first. One process owns the folder, so what is held in memory here is held nowhere
 * else.
 */
export function createLiveProjects(ctx: LifecycleContext): LiveProjects {
  const kept = new Map<string, Kept>();
  let turn: Promise<unknown> = Promise.resolve();

  const look = async (project: string): Promise<LiveProject | undefined> => {
    const present = kept.get(project);
    const stamp = await stampOf(ctx, project);
    if (present !== undefined && present.stamp === stamp) return present.live;
    const inputs = await liveInputs(ctx, project);
    if (present !== undefined && present.live.inputs.hash === inputs?.hash) {
      kept.set(project, { stamp, live: present.live });
      return present.live;
    }
    kept.delete(project);
    await present?.live[Symbol.asyncDispose]();
    if (inputs === undefined) return undefined;
    const live = await openLiveProject(ctx, inputs, await liveBook(ctx, inputs));
    kept.set(project, { stamp, live });
    return live;
  };

  return {
    open: (project) => {
      const done = turn.then(() => look(project));
      turn = done.catch(() => undefined);
      return done;
    },
    opened: () => [...kept.values()].map(({ live }) => live),
    [Symbol.asyncDispose]: async () => {
      await turn;
      for (const { live } of kept.values()) await live[Symbol.asyncDispose]();
      kept.clear();
    },
  };
}

/** Changes whenever what `liveInputs` reads may have: two small rows instead of the whole document. */
async function stampOf(ctx: LifecycleContext, project: string): Promise<string> {
  const row = await ctx.db.query
    .selectFrom('project')
    .leftJoin('stage_result', (join) =>
      join.onRef('stage_result.project', '=', 'project.name').on('stage_result.stage', '=', 'data'),
    )
    .leftJoin('endpoint', 'endpoint.project', 'project.name')
    .select(['project.spec_hash', 'stage_result.updated_at', 'endpoint.name'])
    .where('project.name', '=', project)
    .executeTakeFirst();
  return row === undefined ? '' : `${row.spec_hash} ${String(row.updated_at)} ${String(row.name)}`;
}
