import { parseJsonText } from '../../../store/json-text.ts';
import type { Database } from '../../../store/database.ts';
import type { ActionSpec, MonitoringSpec } from '../spec.ts';

/** The parts of tend.yaml that say what an incident sets off. */
export interface ActingDocument {
  readonly owner: string;
  readonly deployment: { readonly endpoint: string };
  readonly monitoring?: Pick<MonitoringSpec, 'actions'>;
  readonly retraining?: { readonly when: readonly string[] };
}

/** One action as it is declared, every bound filled in. */
export interface DeclaredAction {
  readonly kind: Exclude<ActionSpec, string>['do'];
  /** `fall_back`: baseline or a feature. `throttle`: a rate such as `50/s`. Else null. */
  readonly to: string | null;
  readonly dryRun: boolean;
  /** `1/day`; null: as often as there are incidents. */
  readonly limit: string | null;
  /** `2h`; null: it is done at once. */
  readonly veto: string | null;
}

/** What changes the endpoint without a hand is done once a day, unless declared otherwise. */
const LIMIT_DEFAULT = '1/day';

/**
 * The name by which `monitoring.actions` and `retraining.when` know a cause: the id of the criterion, or the
 * cause up to its first colon.
 */
export function causeName(cause: string): string {
  const [kind = '', id] = cause.split(':');
  return kind === 'criterion' && id !== undefined ? id : kind;
}

/**
 * What an incident of a cause sets off: what is declared for it, else `alert`; and `retrain`, where
 * `retraining.when` names it.
 */
export function actionsFor(
  document: Pick<ActingDocument, 'monitoring' | 'retraining'>,
  cause: string,
): readonly DeclaredAction[] {
  const name = causeName(cause);
  const declared = (document.monitoring?.actions?.[name] ?? ['alert']).map(filled);
  const retrains = document.retraining?.when.includes(name) ?? false;
  const known = declared.some(({ kind }) => kind === 'retrain');
  return retrains && !known ? [...declared, filled('retrain')] : declared;
}

function filled(action: ActionSpec): DeclaredAction {
  const spec = typeof action === 'string' ? { do: action } : action;
  const kind = spec.do;
  const moves = kind !== 'alert' && kind !== 'retrain';
  return {
    kind,
    to: spec.to ?? (kind === 'fall_back' ? 'baseline' : null),
    dryRun: spec.dry_run ?? false,
    limit: spec.limit ?? (moves ? LIMIT_DEFAULT : null),
    veto: spec.veto ?? null,
  };
}

/** The present document of a project; undefined for one that is not there. */
export async function actingDocument(db: Database, project: string): Promise<ActingDocument | undefined> {
  const row = await db.query
    .selectFrom('project')
    .select('document')
    .where('name', '=', project)
    .executeTakeFirst();
  return row === undefined ? undefined : (parseJsonText(row.document) as unknown as ActingDocument);
}
