import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Project, Stage } from '../api/answer.ts';
import { STAGE_TITLES } from '../board/stage-title.ts';
import { VerdictSymbol } from '../components/verdict-symbol.tsx';
import { VERDICT_WORDS } from './verdict-word.ts';
import { classNames } from '../components/class-names.ts';

interface StageStripProps {
  readonly project: Project;
  readonly current: Stage;
}

/** The ten stages of the project in small: where one is, and a way to any other. */
export function StageStrip({ project, current }: StageStripProps): ReactElement {
  return (
    <nav aria-label="Stages" className="mt-2.5 grid grid-cols-10 gap-1">
      {project.stages.map(({ stage, verdict }) => {
        const open = stage === current;
        return (
          <Link
            key={stage}
            to="/"
            search={{ project: project.name, stage }}
            replace
            resetScroll={false}
            aria-current={open ? 'step' : undefined}
            title={STAGE_TITLES[stage]}
            className={classNames(
              'flex h-8 items-center justify-center rounded-small border-b-2 hover:bg-sunken',
              open ? 'border-accent bg-sunken' : 'border-line',
            )}
          >
            <VerdictSymbol verdict={verdict} size={15} />
            <span className="sr-only">
              {STAGE_TITLES[stage]}: {VERDICT_WORDS[verdict]}
            </span>
          </Link>
        );
      })}
    </nav>
  );
}
