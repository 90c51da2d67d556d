import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Stage } from '../api/answer.ts';
import { candidatesQuery, incidentsQuery, monitorsQuery } from '../api/loop-queries.ts';
import { MARK_WORDS } from '../chart/mark-lanes.ts';
import { ChoiceLinks, choiceClass } from '../components/choice-links.tsx';
import { LINK_CLASS } from '../components/link-class.ts';
import { Moment } from '../components/moment.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Section } from '../components/section.tsx';
import { Table } from '../components/table.tsx';
import { asFigure } from '../evidence/figure.ts';
import type { MarkKind } from '../evidence/figure.ts';
import { timelineEvents } from './timeline-event.ts';
import type { TimelineEvent } from './timeline-event.ts';
import { TimelineFigure, isReplay, useTimeline } from './timeline-figure.tsx';

/** A project's live metric over time, and everything that happened on the way. */
export function TimelinePage(): ReactElement {
  const { project } = useParams({ from: '/projects/$project/timeline' });
  const { criterion } = useSearch({ from: '/projects/$project/timeline' });
  const { clock, timeline } = useTimeline(project, criterion);
  return (
    <>
      <PageHead
        title={criterion === undefined ? `Timeline of ${project}` : `Timeline of ${project}: ${criterion}`}
        path={[
          <Link key="board" to="/" className={LINK_CLASS}>
            Board
          </Link>,
          <Link key="project" to="/" search={{ project, stage: 'monitoring' }} className={LINK_CLASS}>
            {project}
          </Link>,
        ]}
      >
        {clock === undefined ? null : (
          <span>
            Project clock{isReplay(clock) ? ' of the replay' : ''}: <Moment at={clock.at} />
          </span>
        )}
        <Link to="/incidents" search={{ project, state: 'all' }} className={LINK_CLASS}>
          All incidents
        </Link>
      </PageHead>
      <Criteria project={project} chosen={criterion ?? timeline.data?.criterion ?? undefined} />
      <div className="rounded-large border border-line bg-surface p-4 sm:p-5">
        <TimelineFigure project={project} criterion={criterion} />
      </div>
      <div className="mt-8">
        <Section title="What happened">
          <Events project={project} criterion={criterion} />
        </Section>
      </div>
    </>
  );
}

const PREFIX = 'criterion:';

interface CriteriaProps {
  readonly project: string;
  readonly chosen: string | undefined;
}

/** The live criteria to choose from; nothing where there is no choice. */
function Criteria({ project, chosen }: CriteriaProps): ReactElement | null {
  const monitors = useQuery(monitorsQuery(project));
  const names = (monitors.data?.items ?? []).flatMap(({ monitor }) =>
    monitor.startsWith(PREFIX) ? [monitor.slice(PREFIX.length)] : [],
  );
  if (names.length < 2) return null;
  return (
    <ChoiceLinks label="Criterion">
      {names.map((criterion) => (
        <Link
          key={criterion}
          to="/projects/$project/timeline"
          params={{ project }}
          search={{ criterion }}
          aria-current={criterion === chosen ? 'true' : undefined}
          className={choiceClass(criterion === chosen)}
        >
          {criterion}
        </Link>
      ))}
    </ChoiceLinks>
  );
}

interface EventsProps {
  readonly project: string;
  readonly criterion: string | undefined;
}

function Events({ project, criterion }: EventsProps): ReactElement {
  const { timeline } = useTimeline(project, criterion);
  const incidents = useQuery(incidentsQuery({ project }));
  const candidates = useQuery(candidatesQuery(project));
  const figure = timeline.data === undefined ? undefined : asFigure(timeline.data.figure);
  const marks = figure?.kind === 'line' ? (figure.marks ?? []) : [];
  if (marks.length === 0) return <p className="text-scan text-ink-faint">Nothing yet.</p>;
  const events = timelineEvents(marks, incidents.data?.items ?? [], candidates.data?.items ?? []);
  return (
    <Table
      label="What happened, newest first"
      columns={['When', 'Event', 'What']}
      rows={events.map((event) => [
        <Moment key="when" at={event.at} />,
        MARK_WORDS[event.kind],
        <What key="what" event={event} project={project} />,
      ])}
    />
  );
}

/** Where kinds without a page of their own are told of. */
const STAGES: Partial<Record<MarkKind, Stage>> = {
  retraining: 'retraining',
  refusal: 'retraining',
  promotion: 'deployment',
  rollback: 'deployment',
  exit: 'decommissioning',
};

interface WhatProps {
  readonly event: TimelineEvent;
  readonly project: string;
}

function What({ event, project }: WhatProps): ReactElement | string {
  const { incident, candidate, label } = event;
  if (incident !== undefined) {
    return (
      <Link to="/incidents/$incident" params={{ incident }} className={LINK_CLASS}>
        {label}
      </Link>
    );
  }
  if (candidate === undefined) {
    const stage = STAGES[event.kind];
    if (stage === undefined) return label;
    return (
      <Link to="/" search={{ project, stage }} className={LINK_CLASS}>
        {label}
      </Link>
    );
  }
  return (
    <Link
      to="/projects/$project/candidates/$candidate"
      params={{ project, candidate }}
      className={LINK_CLASS}
    >
      {label}
    </Link>
  );
}
