import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Incident } from '../api/answer.ts';
import { call } from '../api/call.ts';
import { LOOP } from '../api/loop-queries.ts';
import { inboxQuery } from '../api/queries.ts';
import { Button } from '../components/button.tsx';
import { classNames } from '../components/class-names.ts';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { CopyLine } from '../components/copy-line.tsx';
import { useToast } from '../components/toast.tsx';
import { adviceIn } from './advice.ts';

type Step = 'acknowledge' | 'resolve';

const WORDS = {
  acknowledge: {
    verb: 'Acknowledge',
    doing: 'Acknowledging…',
    done: 'Acknowledged',
    tone: 'primary',
    description: 'You look into it; it stays open until it is resolved.',
    commentNeeded: false,
  },
  resolve: {
    verb: 'Resolve',
    doing: 'Resolving…',
    done: 'Resolved',
    tone: 'primary',
    description: 'The incident is closed. Say what was found and done.',
    commentNeeded: true,
  },
} as const;

/** What every incident can be answered with, besides what its advice names. */
function usualCommands({ id, project, cause, state }: Incident): readonly string[] {
  const show = `tend incidents show ${id}`;
  if (state === 'resolved') return [show];
  const retrain =
    cause === 'drift' || cause.startsWith('criterion:') ? [`tend models retrain ${project}`] : [];
  return [show, ...retrain, `tend incidents resolve ${id} --resolution "…"`];
}

/** The first thing on the page of an incident: what a person can do about it. */
export function WhatToDo({ incident }: { readonly incident: Incident }): ReactElement {
  const client = useQueryClient();
  const { show } = useToast();
  const [step, setStep] = useState<Step | undefined>(undefined);
  const { paragraphs, commands: named } = adviceIn(incident.whatToDo);
  const commands = [...named, ...usualCommands(incident)];
  const resolved = incident.state === 'resolved';

  async function take(taken: Step, comment: string, key: string): Promise<void> {
    const { id, project } = incident;
    if (taken === 'resolve') {
      await call('incidents.resolve', { id, resolution: comment }, { idempotencyKey: key });
    } else {
      await call('incidents.acknowledge', { id }, { idempotencyKey: key });
      if (comment !== '') await call('comments.create', { project, subject: id, text: comment });
    }
    show(`${WORDS[taken].done}: ${incident.title}`);
    await client.invalidateQueries({ queryKey: [LOOP] });
    await client.invalidateQueries({ queryKey: inboxQuery.queryKey });
  }

  return (
    <section
      aria-labelledby="what-to-do"
      className={classNames('rounded-large p-4 sm:p-5', resolved ? 'bg-sunken' : 'bg-wait-tint')}
    >
      <h2 id="what-to-do" className="text-head font-semibold">
        {resolved ? 'What was to do' : 'What to do'}
      </h2>
      {paragraphs.map((text) => (
        <p key={text} className="mt-1 max-w-prose wrap-anywhere">
          {text}
        </p>
      ))}
      {commands.length === 0 ? null : (
        <ul className="mt-3 flex flex-col items-start gap-2">
          {commands.map((command) => (
            <li key={command} className="max-w-full rounded-medium bg-surface">
              <CopyLine text={command} what="command" prompt />
            </li>
          ))}
        </ul>
      )}
      {resolved ? null : (
        <div className="mt-4 flex flex-wrap gap-2">
          {incident.state === 'open' ? (
            <Button onClick={() => setStep('acknowledge')}>Acknowledge</Button>
          ) : null}
          <Button tone="primary" onClick={() => setStep('resolve')}>
            Resolve
          </Button>
        </div>
      )}
      <ConfirmDialog
        onClose={() => setStep(undefined)}
        confirmation={
          step === undefined
            ? undefined
            : {
                ...WORDS[step],
                title: `${WORDS[step].verb}: ${incident.title}`,
                act: (comment, key) => take(step, comment, key),
              }
        }
      />
    </section>
  );
}
