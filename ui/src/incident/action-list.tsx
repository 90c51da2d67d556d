import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Action, Incident } from '../api/answer.ts';
import { call } from '../api/call.ts';
import { LOOP } from '../api/loop-queries.ts';
import { Button } from '../components/button.tsx';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { Moment } from '../components/moment.tsx';
import { ToneBadge } from '../components/tone-badge.tsx';
import { useToast } from '../components/toast.tsx';
import { ACTION_STATES, ACTION_WORDS } from './incident-words.ts';

interface ActionListProps {
  readonly incident: Incident;
  readonly actions: readonly Action[];
}

/** What the incident set off, and a veto for what still waits. */
export function ActionList({ incident, actions }: ActionListProps): ReactElement {
  const client = useQueryClient();
  const { show } = useToast();
  const [vetoed, setVetoed] = useState<Action | undefined>(undefined);

  async function veto({ id, kind }: Action, comment: string, key: string): Promise<void> {
    await call('actions.veto', comment === '' ? { id } : { id, reason: comment }, { idempotencyKey: key });
    show(`Vetoed: ${ACTION_WORDS[kind]}`);
    await client.invalidateQueries({ queryKey: [LOOP] });
  }

  if (actions.length === 0) return <p className="text-scan text-ink-faint">None is declared.</p>;
  return (
    <>
      <ul className="divide-y divide-line rounded-large border border-line bg-surface">
        {actions.map((action) => (
          <ActionEntry key={action.id} action={action} onVeto={() => setVetoed(action)} />
        ))}
      </ul>
      <ConfirmDialog
        onClose={() => setVetoed(undefined)}
        confirmation={
          vetoed === undefined
            ? undefined
            : {
                title: `Veto: ${ACTION_WORDS[vetoed.kind]}`,
                description: `It will not be done for "${incident.title}".`,
                verb: 'Veto',
                doing: 'Vetoing…',
                tone: 'danger',
                act: (comment, key) => veto(vetoed, comment, key),
              }
        }
      />
    </>
  );
}

interface ActionEntryProps {
  readonly action: Action;
  readonly onVeto: () => void;
}

function ActionEntry({ action, onVeto }: ActionEntryProps): ReactElement {
  const { kind, state, to, at, dueAt, reason, decidedBy } = action;
  const { word, tone } = ACTION_STATES[state];
  const waiting = state === 'waiting';
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2 px-3.5 py-2.5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">
            {ACTION_WORDS[kind]}
            {to === null ? '' : ` to ${to}`}
          </span>
          <ToneBadge tone={tone}>{word}</ToneBadge>
        </p>
        {reason === '' ? null : <p className="text-scan wrap-anywhere text-ink-soft">{reason}</p>}
        <p className="text-small text-ink-faint">
          {waiting && dueAt !== null ? (
            <>
              done at <Moment at={dueAt} /> unless vetoed
            </>
          ) : (
            <Moment at={at} />
          )}
          {decidedBy === null ? null : `, by ${decidedBy}`}
        </p>
      </div>
      {waiting ? (
        <Button tone="danger" onClick={onVeto}>
          Veto<span className="sr-only">: {ACTION_WORDS[kind]}</span>
        </Button>
      ) : null}
    </li>
  );
}
