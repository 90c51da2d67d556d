import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Incident } from '../api/answer.ts';
import { incidentQuery } from '../api/loop-queries.ts';
import { fallbackInterval } from '../api/queries.ts';
import { Comments } from '../comments/comments.tsx';
import { DataList } from '../components/data-list.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { LINK_CLASS } from '../components/link-class.ts';
import { Moment } from '../components/moment.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Section } from '../components/section.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { EvidenceStack, useEvidence } from '../evidence/evidence-stack.tsx';
import { useLive } from '../shell/live.tsx';
import { TimelineFigure } from '../timeline/timeline-figure.tsx';
import { ActionList } from './action-list.tsx';
import { IncidentBadges } from './incident-badges.tsx';
import { causeText, criterionOf } from './incident-words.ts';
import { WhatToDo } from './what-to-do.tsx';

/** One incident: what to do first, then what happened, what was done, and what is said of it. */
export function IncidentPage(): ReactElement {
  const { incident: id } = useParams({ from: '/incidents/$incident' });
  const { live } = useLive();
  const answer = useQuery({ ...incidentQuery(id), refetchInterval: fallbackInterval(live) });
  if (answer.data === undefined) {
    return answer.error === null ? (
      <Skeleton lines={6} what="the incident" />
    ) : (
      <ErrorNote
        what="The incident could not be read"
        error={answer.error}
        onRetry={() => void answer.refetch()}
      />
    );
  }
  const { actions, ...incident } = answer.data;
  return (
    <>
      <Head incident={incident} />
      <div className="grid gap-x-10 gap-y-8 wide:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-8">
          <WhatToDo incident={incident} />
          <Pictures incident={incident} />
          <IncidentEvidence ids={incident.evidence} />
        </div>
        <div className="flex min-w-0 flex-col gap-8">
          <Section title="Facts">
            <Facts incident={incident} />
          </Section>
          <Section title="Actions">
            <ActionList incident={incident} actions={actions} />
          </Section>
          <Section title="Comments">
            <Comments project={incident.project} subject={incident.id} />
          </Section>
        </div>
      </div>
    </>
  );
}

function Head({ incident }: { readonly incident: Incident }): ReactElement {
  return (
    <PageHead
      title={incident.title}
      path={[
        <Link key="board" to="/" className={LINK_CLASS}>
          Board
        </Link>,
        <Link
          key="project"
          to="/"
          search={{ project: incident.project, stage: 'monitoring' }}
          className={LINK_CLASS}
        >
          {incident.project}
        </Link>,
        <Link key="list" to="/incidents" search={{ project: incident.project }} className={LINK_CLASS}>
          Incidents
        </Link>,
      ]}
    >
      <IncidentBadges incident={incident} />
      <span>
        opened <Moment at={incident.openedAt} />
      </span>
    </PageHead>
  );
}

function Facts({ incident }: { readonly incident: Incident }): ReactElement {
  const { cause, owner, severity, openedAt, lastAt, seen, acknowledgedBy } = incident;
  const { resolvedAt, resolvedBy, resolution } = incident;
  return (
    <DataList
      items={[
        { term: 'Cause', value: causeText(cause) },
        { term: 'Owner', value: owner },
        { term: 'Severity', value: severity },
        { term: 'Opened', value: <Moment at={openedAt} /> },
        { term: 'Last seen', value: <Moment at={lastAt} /> },
        { term: 'Seen', value: seen === 1 ? 'once' : `${seen} times` },
        ...(acknowledgedBy === null ? [] : [{ term: 'Acknowledged', value: `by ${acknowledgedBy}` }]),
        ...(resolvedAt === null ? [] : [{ term: 'Resolved', value: <Moment at={resolvedAt} /> }]),
        ...(resolvedBy === null ? [] : [{ term: 'By', value: resolvedBy }]),
        ...(resolution === null ? [] : [{ term: 'Resolution', value: resolution }]),
      ]}
    />
  );
}

/** What the incident is about over time, where that is a figure. */
function Pictures({ incident }: { readonly incident: Incident }): ReactElement | null {
  const criterion = criterionOf(incident.cause);
  if (criterion === undefined && incident.cause !== 'drift') return null;
  return (
    <Section title="Over time">
      <TimelineFigure project={incident.project} criterion={criterion} />
    </Section>
  );
}

/** Pieces of evidence that are shown before one asks for the rest: how it began, and how it stands. */
const SHOWN_MAX = 6;

function IncidentEvidence({ ids }: { readonly ids: readonly string[] }): ReactElement {
  const shown = ids.length <= SHOWN_MAX ? ids : [...ids.slice(0, 1), ...ids.slice(1 - SHOWN_MAX)];
  const evidence = useEvidence(shown);
  const newest = shown.at(-1);
  return (
    <Section title="Evidence">
      {ids.length > shown.length ? (
        <p className="mb-2 text-scan text-ink-faint">
          The first and the last {SHOWN_MAX - 1} of {ids.length}; `tend incidents show` names them all.
        </p>
      ) : null}
      <EvidenceStack
        evidence={evidence.found.toReversed()}
        loading={evidence.loading}
        error={evidence.error}
        opens={({ id }) => id === newest}
      />
    </Section>
  );
}
