import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { StatusAnswer } from '../api/answer.ts';
import { fallbackInterval, statusQuery } from '../api/queries.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { StagePanel } from '../evidence/stage-panel.tsx';
import { Inbox } from '../inbox/inbox.tsx';
import { useLive } from '../shell/live.tsx';
import { Board } from './board.tsx';
import { EmptyBoard } from './empty-board.tsx';

/** The first screen: every project's life, and what waits for the reader. */
export function BoardPage(): ReactElement {
  const { live } = useLive();
  const status = useQuery({ ...statusQuery, refetchInterval: fallbackInterval(live) });
  if (status.data === undefined) {
    return status.error === null ? (
      <Skeleton lines={6} what="the board" />
    ) : (
      <ErrorNote
        what="The board could not be read"
        error={status.error}
        onRetry={() => void status.refetch()}
      />
    );
  }
  const { projects } = status.data;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h1 className="text-title font-semibold tracking-tight">Lifecycle board</h1>
        <p className="figures text-scan text-ink-faint">{summary(status.data)}</p>
        {projects.length === 0 ? null : <KeysHint />}
      </div>
      {projects.length === 0 ? <EmptyBoard /> : <Board projects={projects} />}
      <Inbox />
      <StagePanel projects={projects} />
    </>
  );
}

/** Only where there are keys to press. */
function KeysHint(): ReactElement {
  return (
    <p className="ml-auto hidden text-small text-ink-faint wide:block">
      Arrows or <Key name="J" /> <Key name="K" /> move, <Key name="Enter" /> opens, <Key name="Esc" /> closes
    </p>
  );
}

function Key({ name }: { readonly name: string }): ReactElement {
  return (
    <kbd className="rounded-small border border-line bg-surface px-1 font-sans text-small text-ink-soft">
      {name}
    </kbd>
  );
}

function summary({ projects }: StatusAnswer): string {
  if (projects.length === 0) return '';
  const failing = projects.filter(({ stages }) => stages.some(({ verdict }) => verdict === 'fail')).length;
  const count = projects.length === 1 ? '1 project' : `${projects.length} projects`;
  return failing === 0 ? `${count}, none failing` : `${count}, ${failing} with a failing stage`;
}
