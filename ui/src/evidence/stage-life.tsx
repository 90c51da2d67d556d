import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import type { Candidate, Incident, Stage, Tombstone } from '../api/answer.ts';
import { cardAddress } from '../api/card-address.ts';
import { candidatesQuery, endpointsQuery, incidentsQuery, retirementsQuery } from '../api/loop-queries.ts';
import {
  candidateName,
  candidateState,
  candidateTone,
  newestRound,
  windowText,
} from '../board/cell-badges.ts';
import { LINK_CLASS } from '../components/link-class.ts';
import { ToneBadge } from '../components/tone-badge.tsx';
import { formatDate } from '../format/time.ts';
import { IncidentBadges } from '../incident/incident-badges.tsx';

interface StageLifeProps {
  readonly project: string;
  readonly stage: Stage;
}

/** What the live model adds to a stage, with the pages that tell of it; nothing where it adds nothing. */
export function StageLife({ project, stage }: StageLifeProps): ReactElement | null {
  switch (stage) {
    case 'monitoring':
      return <Monitoring project={project} />;
    case 'retraining':
      return <Retraining project={project} />;
    case 'governance':
    case 'deployment':
      return <Card project={project} />;
    case 'decommissioning':
      return <Retired project={project} />;
    default:
      return null;
  }
}

function TimelineLink({ project }: { readonly project: string }): ReactElement {
  return (
    <Link to="/projects/$project/timeline" params={{ project }} className={LINK_CLASS}>
      Timeline
    </Link>
  );
}

function Monitoring({ project }: { readonly project: string }): ReactElement {
  const incidents = useQuery(incidentsQuery({ project }));
  const items = incidents.data?.items.filter(({ state }) => state !== 'resolved') ?? [];
  return (
    <Part
      links={
        <>
          <TimelineLink project={project} />
          <Link to="/incidents" search={{ project, state: 'all' }} className={LINK_CLASS}>
            All incidents
          </Link>
        </>
      }
      list={items.map((incident) => <OpenIncident key={incident.id} incident={incident} />)}
      label="Open incidents"
    />
  );
}

function OpenIncident({ incident }: { readonly incident: Incident }): ReactElement {
  return (
    <li className="px-3.5 py-2.5">
      <p className="flex flex-wrap items-center gap-2 text-small text-ink-faint">
        <IncidentBadges incident={incident} />
        {formatDate(incident.openedAt)}
      </p>
      <Link to="/incidents/$incident" params={{ incident: incident.id }} className={LINK_CLASS}>
        {incident.title}
      </Link>
    </li>
  );
}

function Retraining({ project }: { readonly project: string }): ReactElement {
  const candidates = useQuery(candidatesQuery(project));
  const items = candidates.data?.items ?? [];
  const newest = newestRound(items);
  const earlier = items.filter((one) => !newest.includes(one));
  return (
    <Part
      links={<TimelineLink project={project} />}
      list={[...newest, ...earlier].map((candidate) => (
        <CandidateEntry key={candidate.id} candidate={candidate} />
      ))}
      label="Candidates"
    />
  );
}

function CandidateEntry({ candidate }: { readonly candidate: Candidate }): ReactElement {
  const endpoints = useQuery(endpointsQuery);
  const { project, id, window, version, reason, at } = candidate;
  return (
    <li className="px-3.5 py-2.5">
      <p className="flex flex-wrap items-center gap-2 text-small text-ink-faint">
        <ToneBadge tone={candidateTone(candidate)}>
          {candidateState(candidate, endpoints.data?.items ?? [])}
        </ToneBadge>
        {formatDate(at)}
      </p>
      <Link
        to="/projects/$project/candidates/$candidate"
        params={{ project, candidate: id }}
        className={LINK_CLASS}
      >
        {`${version === null ? '' : `${candidateName(candidate)}, `}trained on ${windowText(window)}`}
      </Link>
      <p className="line-clamp-3 text-small wrap-anywhere text-ink-soft">{reason}</p>
    </li>
  );
}

/** The project's model has the project's name. */
function Card({ project }: { readonly project: string }): ReactElement {
  return (
    <Part
      links={
        <a href={cardAddress(project)} target="_blank" rel="noreferrer" className={LINK_CLASS}>
          Model card
        </a>
      }
      list={[]}
      label=""
    />
  );
}

function Retired({ project }: { readonly project: string }): ReactElement | null {
  const retired = useQuery(retirementsQuery);
  const items = retired.data?.items.filter((one) => one.project === project) ?? [];
  if (items.length === 0) return null;
  return (
    <Part
      links={null}
      list={items.map((one) => <RetiredEntry key={`${one.kind} ${one.name}`} retired={one} />)}
      label="Retired"
    />
  );
}

function RetiredEntry({ retired }: { readonly retired: Tombstone }): ReactElement {
  const { kind, name, project, successor, certificate, at } = retired;
  return (
    <li className="px-3.5 py-2.5">
      <p className="font-medium">{kind === 'version' ? name : `${kind} ${name}`}</p>
      <p className="text-scan text-ink-soft">
        retired {formatDate(at)}
        {successor === null ? '' : `, followed by ${successor}`}
      </p>
      {certificate === '' ? null : (
        <Link
          to="/"
          search={{ project, stage: 'decommissioning', evidence: certificate }}
          replace
          resetScroll={false}
          className={`${LINK_CLASS} text-scan`}
        >
          Certificate<span className="sr-only"> of {name}</span>
        </Link>
      )}
    </li>
  );
}

interface PartProps {
  readonly links: ReactNode;
  readonly list: readonly ReactElement[];
  readonly label: string;
}

function Part({ links, list, label }: PartProps): ReactElement {
  return (
    <div className="mt-3">
      {links === null ? null : <p className="flex flex-wrap gap-x-4 text-scan text-ink-soft">{links}</p>}
      {list.length === 0 ? null : (
        <ul aria-label={label} className="mt-2 divide-y divide-line rounded-large border border-line">
          {list}
        </ul>
      )}
    </div>
  );
}
