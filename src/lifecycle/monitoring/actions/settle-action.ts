import { outboxEntry } from '../../../engine/outbox-entry.ts';
import { hashJson } from '../../../kernel/hash.ts';
import { build } from '../../../store/build.ts';
import type { Unit } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { ActionTable } from '../../../store/tables/loop-tables.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import { ACTION_SETTLED } from '../incidents/events.ts';
import { recordAll } from '../incidents/record-all.ts';
import { actionBody, actionText } from './action.ts';

/** How an action ended, and by whom where a person decided. */
export interface ActionEnd {
  readonly state: Exclude<ActionTable['state'], 'waiting'>;
  readonly reason: string;
  readonly decidedBy?: string;
}

const WORDS: Readonly<Record<ActionTable['kind'], string>> = {
  alert: 'Alert',
  retrain: 'Retraining',
  roll_back: 'Rollback',
  fall_back: 'Fallback',
  throttle: 'Throttle',
  stop: 'Stop',
};

/** An action in words, as titles begin. */
export function actionWord(kind: ActionTable['kind']): string {
  return WORDS[kind];
}

/**
 * What a unit must hold to settle an action: its row with the end in it, evidence, a ledger entry, the event.
 * The row is inserted where `isNew` says that there is none yet; else it must be waiting still, unless it was
 * done: a deed is recorded whatever was decided meanwhile.
 */
export function settleAction(
  ctx: Pick<LifecycleContext, 'clock' | 'random'>,
  row: ActionTable,
  end: ActionEnd,
  isNew: boolean,
): Required<Pick<Unit, 'statements' | 'ledger'>> {
  const { state, reason } = end;
  const actor = end.decidedBy ?? 'system';
  const body = actionBody(row);
  const { project, incident_id: incident, kind } = row;
  const facts = { action: row.id, incident, kind, state, reason };
  const { cause, endpoint, release, to, limit, veto } = body;
  const records = recordAll(
    ctx,
    project,
    [
      {
        kind: 'action',
        subject: release ?? hashJson({ project, cause }),
        verdict: state === 'failed' ? 'fail' : 'info',
        title: `${actionWord(kind)} ${state === 'dry-run' ? 'as a dry run' : state}: ${reason}`,
        body: { ...facts, cause, endpoint, to, limit, veto, at: row.at, by: actor },
      },
    ],
    actor,
  );
  const change = {
    state,
    body: actionText({ ...body, reason, evidence: records.ids[0] ?? null }),
    decided_by: end.decidedBy ?? null,
    updated_at: ctx.clock.now(),
  };
  const query = isNew
    ? build.insertInto('action').values({ ...row, ...change })
    : build
        .updateTable('action')
        .set(change)
        .where('id', '=', row.id)
        .where('state', 'in', state === 'done' ? ['waiting', 'vetoed'] : ['waiting']);
  return {
    statements: [
      { query, expect: 1 },
      ...records.statements,
      outboxEntry({ type: ACTION_SETTLED, project, body: facts }, ctx),
    ],
    ledger: [
      ...records.ledger,
      {
        chain: projectChain(project),
        action: `action.${state}`,
        actor,
        subject: row.id,
        body: { incident, kind, reason },
      },
    ],
  };
}
