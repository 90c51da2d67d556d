import { projectChain } from '../../store/ledger-entry.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { routesBefore } from './canary.ts';
import { listEndpoints, routeStatements } from './endpoint-store.ts';
import { publishRouting } from './publish-routing.ts';
import { endStatement, runningRollouts } from './rollout-store.ts';

/**
 * Ends the rollouts of a project whose execution is given up: a candidate that nobody watches any more must
 * not go on taking traffic. The version before has all of it again.
 */
export async function endRollouts(
  ctx: Pick<LifecycleContext, 'db' | 'stateDir' | 'clock'>,
  input: { readonly project: string; readonly actor: string; readonly reason: string },
): Promise<void> {
  const { project, actor, reason } = input;
  let ended = 0;
  const endpoints = (await listEndpoints(ctx.db)).filter((endpoint) => endpoint.project === project);
  for (const { name } of endpoints) {
    for (const { id, from, to, warm } of await runningRollouts(ctx.db, name)) {
      const back = from === null ? [] : routeStatements(name, project, routesBefore({ from, warm }));
      ended += 1;
      await ctx.db.commit({
        statements: [endStatement(id, 'rolled-back', ctx.clock.now()), ...back],
        ledger: [
          {
            chain: projectChain(project),
            action: 'endpoint.taken-back',
            actor,
            subject: name,
            body: { rollout: id, from: to, to: from, reason },
          },
        ],
      });
    }
  }
  if (ended > 0) await publishRouting(ctx);
}
