import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { KeyboardEvent, ReactElement, RefObject } from 'react';
import type { Project, Stage, StageStatus } from '../api/answer.ts';
import { fallbackInterval, stageQuery } from '../api/queries.ts';
import { boardMove, movedPlace } from '../board/board-place.ts';
import type { BoardMove, BoardPlace } from '../board/board-place.ts';
import { cellElement } from '../board/cell-element.ts';
import { STAGE_TITLES } from '../board/stage-title.ts';
import { useBoard } from '../board/use-board.ts';
import { useNow } from '../clock.ts';
import { Button } from '../components/button.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Icon } from '../components/icon.tsx';
import { Panel } from '../components/panel.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useToast } from '../components/toast.tsx';
import { Verdict } from '../components/verdict.tsx';
import { formatAgo, formatTime } from '../format/time.ts';
import { useLive } from '../shell/live.tsx';
import { EvidenceList } from './evidence-list.tsx';
import { StageLife } from './stage-life.tsx';
import { StageNeeds } from './stage-needs.tsx';
import { StageStrip } from './stage-strip.tsx';
import { VERDICT_WORDS } from './verdict-word.ts';

/** Keys that walk the board from inside the panel; the vertical ones scroll its text. */
const WALKS: ReadonlySet<BoardMove> = new Set(['next', 'previous', 'left', 'right']);

/** The panel of the cell that the URL names; nothing where it names none, or one that is not there. */
export function StagePanel({ projects }: { readonly projects: readonly Project[] }): ReactElement {
  const { search, open, close } = useBoard();
  const { announce } = useToast();
  const closeButton = useRef<HTMLButtonElement>(null);
  const last = useRef<BoardPlace>(undefined);
  const project = projects.find(({ name }) => name === search.project);
  const status = project?.stages.find(({ stage }) => stage === search.stage);
  const names = projects.map(({ name }) => name);
  const place: BoardPlace | undefined =
    project === undefined || status === undefined
      ? undefined
      : { project: project.name, stage: status.stage };

  useEffect(() => {
    if (place !== undefined) last.current = place;
    document.title = place === undefined ? 'Tend' : `${place.project}, ${STAGE_TITLES[place.stage]} · Tend`;
  });

  function walk(move: BoardMove): void {
    if (place === undefined) return;
    const next = movedPlace(place, move, names);
    if (next.project === place.project && next.stage === place.stage) return;
    const verdict = projects
      .find(({ name }) => name === next.project)
      ?.stages.find(({ stage }) => stage === next.stage)?.verdict;
    open(next, { replace: true });
    announce(`${next.project}, ${STAGE_TITLES[next.stage]}: ${VERDICT_WORDS[verdict ?? 'none']}`);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const move = boardMove(event);
    const typing = event.target instanceof Element && event.target.closest('input, textarea, [role=region]');
    if (move === undefined || !WALKS.has(move) || typing !== null) return;
    event.preventDefault();
    walk(move === 'left' ? 'previous' : move === 'right' ? 'next' : move);
  }

  return (
    <Panel
      open={place !== undefined}
      onClose={close}
      keepsOpen={(target) => target.closest('[data-cell]') !== null}
      returnFocus={() => (last.current === undefined ? null : cellElement(last.current))}
      focusFirst={closeButton}
      onKeyDown={onKeyDown}
    >
      {project === undefined || status === undefined ? null : (
        <>
          <PanelHead project={project} stage={status.stage} closeButton={closeButton} onWalk={walk} />
          <StageBody key={`${project.name}/${status.stage}`} project={project.name} status={status} />
        </>
      )}
    </Panel>
  );
}

interface PanelHeadProps {
  readonly project: Project;
  readonly stage: Stage;
  readonly closeButton: RefObject<HTMLButtonElement | null>;
  readonly onWalk: (move: BoardMove) => void;
}

function PanelHead({ project, stage, closeButton, onWalk }: PanelHeadProps): ReactElement {
  return (
    <header className="border-b border-line px-5 pt-3.5 pb-3">
      <div className="flex items-center gap-1">
        <Dialog.Title className="mr-auto min-w-0 truncate text-head font-semibold tracking-tight">
          <span className="font-normal text-ink-faint">{project.name} / </span>
          {STAGE_TITLES[stage]}
        </Dialog.Title>
        <Button tone="quiet" square aria-label="Previous stage (K)" onClick={() => onWalk('previous')}>
          <Icon name="previous" />
        </Button>
        <Button tone="quiet" square aria-label="Next stage (J)" onClick={() => onWalk('next')}>
          <Icon name="next" />
        </Button>
        <Dialog.Close
          render={
            <Button ref={closeButton} tone="quiet" square aria-label="Close (Esc)">
              <Icon name="close" />
            </Button>
          }
        />
      </div>
      <StageStrip project={project} current={stage} />
    </header>
  );
}

function StageBody({
  project,
  status,
}: {
  readonly project: string;
  readonly status: StageStatus;
}): ReactElement {
  const { live, progress } = useLive();
  const now = useNow();
  const stage = useQuery({ ...stageQuery(project, status.stage), refetchInterval: fallbackInterval(live) });
  const said = status.verdict === 'running' ? progress.get(project) : undefined;
  const updatedAt = stage.data?.updatedAt ?? null;
  return (
    <div className="flex-1 overflow-y-auto overscroll-contain px-5 py-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Verdict verdict={status.verdict} />
        {updatedAt === null ? null : (
          <time
            className="text-small text-ink-faint"
            dateTime={new Date(updatedAt).toISOString()}
            title={formatTime(updatedAt)}
          >
            {formatAgo(updatedAt, now)}
          </time>
        )}
      </div>
      {status.reason === '' ? null : <p className="mt-1.5 break-words">{status.reason}</p>}
      {said === undefined ? null : <p className="figures mt-1 text-scan text-accent">{said.text}</p>}
      <StageLife project={project} stage={status.stage} />
      <StageNeeds project={project} stage={status.stage} />
      <div className="mt-5">
        {stage.data === undefined ? (
          stage.error === null ? (
            <Skeleton lines={5} what="the evidence" />
          ) : (
            <ErrorNote
              what="The evidence could not be read"
              error={stage.error}
              onRetry={() => void stage.refetch()}
            />
          )
        ) : (
          <EvidenceList evidence={stage.data.evidence} />
        )}
      </div>
    </div>
  );
}
