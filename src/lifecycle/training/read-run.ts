import type { Trial } from '../../learn/search/trial.ts';
import { defaultTreeParams, type TreeParams } from '../../learn/trees/tree-params.ts';
import { TendError } from '../../kernel/error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Database } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';
import type { SplitBounds } from '../data/index.ts';

/** What a run says of the model it made: where its examples lie, and the configuration that came out best. */
export interface RunFacts {
  readonly id: string;
  readonly bounds: SplitBounds | null;
  readonly trial: Trial;
}

/** Reads a run that a training left. @throws NOT_FOUND; STATE_UNREADABLE when it names no configuration. */
export async function readRun(db: Database, id: string): Promise<RunFacts> {
  const row = await db.query.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no run ${id}`);
  const { bounds = null } = parseJsonText(row.inputs) as { readonly bounds?: SplitBounds | null };
  return { id, bounds, trial: trialOf(id, parseJsonText(row.params) as JsonObject) };
}

/** The flat record of parameters (`trialParams`) as the configuration that it was made of. */
function trialOf(id: string, params: JsonObject): Trial {
  const { objective } = params;
  if (objective === 'binary' || objective === 'regression') {
    if (params.family === 'linear') {
      return { index: 0, family: 'linear', params: { objective, l2: Number(params.l2) } };
    }
    if (params.family === 'trees') {
      const defaults = defaultTreeParams(objective);
      const told = Object.keys(defaults).flatMap((name) => (name in params ? [[name, params[name]]] : []));
      return {
        index: 0,
        family: 'trees',
        params: { ...defaults, ...(Object.fromEntries(told) as Partial<TreeParams>) },
      };
    }
  }
  throw new TendError('STATE_UNREADABLE', `run ${id} does not say what its model was trained with`);
}
