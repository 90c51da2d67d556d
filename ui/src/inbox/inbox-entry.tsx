import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { InboxItem } from '../api/answer.ts';
import { STAGE_TITLES } from '../board/stage-title.ts';
import { useBoard } from '../board/use-board.ts';
import { useNow } from '../clock.ts';
import { Button } from '../components/button.tsx';
import { CopyLine } from '../components/copy-line.tsx';
import { Icon } from '../components/icon.tsx';
import type { IconName } from '../components/icon.tsx';
import { LINK_CLASS } from '../components/link-class.ts';
import { formatAgo, formatTime } from '../format/time.ts';
import { DecideDialog } from './decide-dialog.tsx';
import type { Decision } from './decide-dialog.tsx';
import { classNames } from '../components/class-names.ts';

const KINDS: Readonly<Record<InboxItem['kind'], { icon: IconName; word: string; colour: string }>> = {
  approval: { icon: 'approval', word: 'Approval', colour: 'text-accent' },
  waiting: { icon: 'clock', word: 'Waiting', colour: 'text-wait' },
  failed: { icon: 'alert', word: 'Failed', colour: 'text-fail' },
  quarantine: { icon: 'box', word: 'Quarantine', colour: 'text-wait' },
  incident: { icon: 'alert', word: 'Incident', colour: 'text-fail' },
};

/** An incident has a page of its own, with what to do as its first part. */
const INCIDENT_PREFIX = 'inc_';

interface InboxEntryProps {
  readonly item: InboxItem;
  /** False inside the panel of the very stage. */
  readonly named?: boolean;
}

/** One thing to do: what it is, why, the command, and the buttons where two clicks suffice. */
export function InboxEntry({ item, named = true }: InboxEntryProps): ReactElement {
  const { open } = useBoard();
  const now = useNow();
  const [deciding, setDeciding] = useState<Decision | undefined>(undefined);
  const { icon, word, colour } = KINDS[item.kind];
  return (
    <li className="grid list-none gap-x-4 gap-y-3 px-4 py-3.5 @3xl:grid-cols-[1fr_auto] @3xl:items-center">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-small text-ink-faint">
          <span className={`inline-flex items-center gap-1.5 font-medium ${colour}`}>
            <Icon name={icon} size={15} />
            {word}
          </span>
          {named ? (
            <button
              type="button"
              className={classNames(
                'min-h-6 rounded-small text-ink-soft underline decoration-line-strong',
                'underline-offset-2 hover:text-ink',
              )}
              onClick={() => open({ project: item.project, stage: item.stage })}
            >
              {item.project}, {STAGE_TITLES[item.stage]}
            </button>
          ) : null}
          <time dateTime={new Date(item.createdAt).toISOString()} title={formatTime(item.createdAt)}>
            {formatAgo(item.createdAt, now)}
          </time>
        </p>
        <p className="mt-0.5 font-medium break-words">
          {item.id.startsWith(INCIDENT_PREFIX) ? (
            <Link to="/incidents/$incident" params={{ incident: item.id }} className={LINK_CLASS}>
              {item.title}
            </Link>
          ) : (
            item.title
          )}
        </p>
        {item.detail === '' ? null : <p className="text-scan break-words text-ink-soft">{item.detail}</p>}
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-2 @3xl:justify-end">
        {item.command === '' ? null : <CopyLine text={item.command} what="command" prompt />}
        {item.kind === 'approval' ? (
          <span className="flex gap-2">
            <Button tone="danger" onClick={() => setDeciding('reject')}>
              Reject<span className="sr-only">: {item.title}</span>
            </Button>
            <Button tone="primary" onClick={() => setDeciding('approve')}>
              Approve<span className="sr-only">: {item.title}</span>
            </Button>
          </span>
        ) : null}
      </div>
      <DecideDialog item={item} decision={deciding} onClose={() => setDeciding(undefined)} />
    </li>
  );
}
