import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { clockQuery, timelineQuery } from '../api/loop-queries.ts';
import { fallbackInterval } from '../api/queries.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { JsonView } from '../evidence/json-view.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { asFigure } from '../evidence/figure.ts';
import { FigureView } from '../evidence/figure-view.tsx';
import { useLive } from '../shell/live.tsx';

/**
 * How often a replay is looked at, in milliseconds: its clock moves without a change of any stage, and a day
 * of it takes about a second.
 */
const REPLAY_MS = 4000;

/** A project on wall time has no start of its clock. */
export function isReplay(clock: { readonly starts: number | null } | undefined): boolean {
  return clock !== undefined && clock.starts !== null;
}

/** The timeline of a project, kept up to date; a replay also while no stage of it changes. */
export function useTimeline(project: string, criterion: string | undefined) {
  const { live } = useLive();
  const clock = useQuery({
    ...clockQuery(project),
    refetchInterval: ({ state }) => (isReplay(state.data) ? REPLAY_MS : fallbackInterval(live)),
  });
  const replay = isReplay(clock.data);
  const timeline = useQuery({
    ...timelineQuery(project, criterion),
    refetchInterval: replay ? REPLAY_MS : fallbackInterval(live),
  });
  return { clock: clock.data, timeline };
}

interface TimelineFigureProps {
  readonly project: string;
  /** Undefined: the first live criterion. */
  readonly criterion: string | undefined;
}

/** A live metric over time with its bound, its interval, and what happened meanwhile. */
export function TimelineFigure({ project, criterion }: TimelineFigureProps): ReactElement {
  const { timeline } = useTimeline(project, criterion);
  if (timeline.data === undefined) {
    return timeline.error === null ? (
      <Skeleton lines={6} what="the timeline" />
    ) : (
      <ErrorNote
        what="The timeline could not be read"
        error={timeline.error}
        onRetry={() => void timeline.refetch()}
      />
    );
  }
  const figure = asFigure(timeline.data.figure);
  if (figure?.kind === 'line' && figure.series.every(({ points }) => points.length === 0)) {
    return <p className="text-scan text-ink-faint">Nothing was measured yet.</p>;
  }
  return figure === undefined ? (
    <JsonView name="Timeline" value={timeline.data.figure} />
  ) : (
    <FigureView figure={figure} />
  );
}
