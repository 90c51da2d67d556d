import { Fragment } from 'react';
import type { ReactElement } from 'react';
import type { StageStatus, Verdict } from '../api/answer.ts';
import { ToneBadge } from '../components/tone-badge.tsx';
import { VERDICT_COLOURS, VerdictSymbol } from '../components/verdict-symbol.tsx';
import { VERDICT_WORDS } from '../evidence/verdict-word.ts';
import type { BoardPlace } from './board-place.ts';
import type { CellBadge } from './cell-badges.ts';
import { cellId } from './cell-element.ts';
import { STAGE_TITLES } from './stage-title.ts';
import { classNames } from '../components/class-names.ts';

/** Only what asks for attention is tinted; a board on which all is well stays calm. */
const TINTS: Partial<Record<Verdict, string>> = {
  fail: 'bg-fail-tint',
  waiting: 'bg-wait-tint',
  running: 'bg-accent-tint',
};

/** Verdicts whose reason is worth the room in the cell; the panel has it for all of them. */
const TELLS: ReadonlySet<Verdict> = new Set(['fail', 'waiting', 'running', 'stale']);

interface BoardCellProps {
  readonly project: string;
  readonly status: StageStatus;
  readonly badges: readonly CellBadge[];
  readonly tabStop: boolean;
  readonly opened: boolean;
  readonly onOpen: (place: BoardPlace) => void;
}

/** One verdict: symbol, word and colour, with badges of what is beside it; opens the evidence behind it. */
export function BoardCell({
  project,
  status,
  badges,
  tabStop,
  opened,
  onOpen,
}: BoardCellProps): ReactElement {
  const { stage, verdict, reason } = status;
  const quiet = verdict === 'none' || verdict === 'skipped';
  return (
    <div role="gridcell" className="flex min-w-0 wide:border-l wide:border-line/60">
      <button
        type="button"
        id={cellId({ project, stage })}
        data-cell=""
        tabIndex={tabStop ? 0 : -1}
        aria-haspopup="dialog"
        aria-expanded={opened}
        onClick={() => onOpen({ project, stage })}
        className={classNames(
          'flex w-full min-w-0 flex-col items-start gap-1 px-4 py-2 text-left',
          'transition-colors hover:bg-hover focus-visible:-outline-offset-2 wide:px-2',
          'wide:py-3',
          TINTS[verdict] ?? '',
          opened ? 'ring-2 ring-accent ring-inset' : '',
        )}
      >
        <span className="text-small text-ink-faint wide:sr-only">
          {STAGE_TITLES[stage]}
          <span className="sr-only">: </span>
        </span>
        <span className="flex items-center gap-1.5">
          <VerdictSymbol verdict={verdict} />
          <span
            className={classNames(
              'text-scan whitespace-nowrap',
              quiet
                ? 'text-ink-faint'
                : `font-medium ${verdict === 'pass' ? 'text-ink-soft' : VERDICT_COLOURS[verdict]}`,
            )}
          >
            {VERDICT_WORDS[verdict]}
          </span>
        </span>
        {reason === '' ? null : TELLS.has(verdict) ? (
          <span className="line-clamp-4 text-small wrap-anywhere text-ink-soft">
            <span className="sr-only">. </span>
            {withoutCommand(reason)}
          </span>
        ) : (
          <span className="sr-only">. {reason}</span>
        )}
        {badges.length === 0 ? null : (
          <span className="mt-0.5 flex min-w-0 flex-wrap gap-1">
            {badges.map(({ text, tone }, index) => (
              <Fragment key={`${index}-${text}`}>
                <span className="sr-only">. </span>
                <ToneBadge tone={tone}>{text}</ToneBadge>
              </Fragment>
            ))}
          </span>
        )}
      </button>
    </div>
  );
}

/** The command that a reason names in brackets has a line of its own in the list of what needs you. */
function withoutCommand(reason: string): string {
  return reason.replace(/ \(tend [^)]*\)/, '');
}
