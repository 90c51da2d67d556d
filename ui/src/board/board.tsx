import { useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import type { Project } from '../api/answer.ts';
import { useLive } from '../shell/live.tsx';
import type { Progress } from '../shell/live.tsx';
import { BoardCell } from './board-cell.tsx';
import { boardMove, movedPlace } from './board-place.ts';
import type { BoardPlace } from './board-place.ts';
import { cellBadges } from './cell-badges.ts';
import type { ProjectLife } from './cell-badges.ts';
import { cellElement } from './cell-element.ts';
import { STAGE_ORDER, STAGE_TITLES } from './stage-title.ts';
import { useBoard } from './use-board.ts';
import { useLife } from './use-life.ts';
import { classNames } from '../components/class-names.ts';

/**
 * Projects as rows, stages as columns. One Tab stop: arrow keys, J and K move over the cells, Enter opens
 * one.
 * Narrow screens show each project as a card of the same cells.
 */
export function Board({ projects }: { readonly projects: readonly Project[] }): ReactElement {
  const { search, open } = useBoard();
  const { progress } = useLive();
  const [focused, setFocused] = useState<BoardPlace | undefined>(undefined);
  const lifeOf = useLife(projects);
  const names = projects.map(({ name }) => name);
  const current = currentPlace(search, focused, names);

  function onKeyDown(event: KeyboardEvent): void {
    const move = boardMove(event);
    if (move === undefined || current === undefined) return;
    event.preventDefault();
    const place = movedPlace(current, move, names);
    setFocused(place);
    cellElement(place)?.focus();
  }

  return (
    // Roles instead of a <table>: one whose rows become cards loses its own.
    <div
      role="grid"
      aria-label="Lifecycle board"
      onKeyDown={onKeyDown}
      className={classNames(
        'wide:grid',
        'wide:grid-cols-[minmax(11.5rem,1.7fr)_repeat(10,minmax(min-content,1fr))]',
        'wide:rounded-large wide:border wide:border-line wide:bg-surface',
      )}
    >
      <HeadRow />
      {projects.map((project) => (
        <ProjectRow
          key={project.name}
          project={project}
          progress={progress.get(project.name)}
          life={lifeOf(project.name)}
          tabStop={current?.project === project.name ? current : undefined}
          opened={search.project === project.name ? search.stage : undefined}
          onOpen={(place) => {
            setFocused(place);
            open(place, { replace: search.project !== undefined });
          }}
        />
      ))}
    </div>
  );
}

/** The cell that Tab leads to: the open one, the last one visited, or the first. */
function currentPlace(
  search: { readonly project?: string; readonly stage?: BoardPlace['stage'] },
  focused: BoardPlace | undefined,
  names: readonly string[],
): BoardPlace | undefined {
  const { project, stage } = search;
  if (project !== undefined && stage !== undefined && names.includes(project)) return { project, stage };
  if (focused !== undefined && names.includes(focused.project)) return focused;
  const [first] = names;
  return first === undefined ? undefined : { project: first, stage: 'problem' };
}

function HeadRow(): ReactElement {
  return (
    <div role="row" className="sr-only wide:not-sr-only wide:col-span-full wide:grid wide:grid-cols-subgrid">
      <div role="columnheader" className="label px-4 pt-3 pb-2">
        Project
      </div>
      {STAGE_ORDER.map((stage, index) => (
        <div key={stage} role="columnheader" className="px-2 pt-3 pb-2 text-small text-ink-soft">
          <span aria-hidden="true" className="figures mr-1 text-ink-faint">
            {index + 1}
          </span>
          {STAGE_TITLES[stage]}
        </div>
      ))}
    </div>
  );
}

interface ProjectRowProps {
  readonly project: Project;
  readonly progress: Progress | undefined;
  readonly life: ProjectLife;
  /** The cell of this row that Tab leads to; undefined: it is in another row. */
  readonly tabStop: BoardPlace | undefined;
  readonly opened: BoardPlace['stage'] | undefined;
  readonly onOpen: (place: BoardPlace) => void;
}

function ProjectRow({ project, progress, life, tabStop, opened, onOpen }: ProjectRowProps): ReactElement {
  const running = project.stages.find(({ verdict }) => verdict === 'running');
  return (
    <div
      role="row"
      className={classNames(
        'mb-4 grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] rounded-large',
        'border border-line bg-surface wide:col-span-full wide:mb-0',
        'wide:grid-cols-subgrid wide:rounded-none wide:border-x-0 wide:border-b-0',
        'wide:bg-transparent wide:last:rounded-b-large',
      )}
    >
      <div role="rowheader" className="col-span-full min-w-0 px-4 pt-3 pb-2 wide:col-span-1 wide:py-3">
        <span className="font-semibold break-words">{project.name}</span>
        <p className="text-small text-ink-faint">{project.kind}</p>
        <p className="truncate text-small text-ink-faint" title={project.owner}>
          {project.owner}
        </p>
        {running !== undefined && progress !== undefined ? <ProgressLine progress={progress} /> : null}
      </div>
      {project.stages.map((stage) => (
        <BoardCell
          key={stage.stage}
          project={project.name}
          status={stage}
          badges={cellBadges(stage.stage, life)}
          tabStop={tabStop?.stage === stage.stage}
          opened={opened === stage.stage}
          onOpen={onOpen}
        />
      ))}
    </div>
  );
}

function ProgressLine({ progress }: { readonly progress: Progress }): ReactElement {
  return (
    <div className="mt-2 text-small text-accent">
      <p className="figures break-words">{progress.text}</p>
      <progress
        className="progress mt-1"
        aria-label="Progress of the running stage"
        max={1}
        {...(progress.share === undefined ? {} : { value: progress.share })}
      />
    </div>
  );
}
