import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Incident } from '../api/answer.ts';
import { incidentPagesQuery } from '../api/loop-queries.ts';
import { fallbackInterval } from '../api/queries.ts';
import { ChoiceLinks, choiceClass } from '../components/choice-links.tsx';
import { Button } from '../components/button.tsx';
import { classNames } from '../components/class-names.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { LINK_CLASS } from '../components/link-class.ts';
import { Moment } from '../components/moment.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useLive } from '../shell/live.tsx';
import { IncidentBadges } from './incident-badges.tsx';
import { INCIDENT_FILTERS } from './incident-search.ts';
import type { IncidentSearch } from './incident-search.ts';
import { causeText } from './incident-words.ts';

/** Incidents by state, newest first. */
export function IncidentsPage(): ReactElement {
  const search = useSearch({ from: '/incidents' });
  const { live } = useLive();
  const { state = 'open', project } = search;
  const incidents = useInfiniteQuery({
    ...incidentPagesQuery({
      ...(state === 'all' ? {} : { state }),
      ...(project === undefined ? {} : { project }),
    }),
    refetchInterval: fallbackInterval(live),
  });
  return (
    <>
      <PageHead
        title={project === undefined ? 'Incidents' : `Incidents of ${project}`}
        path={[
          <Link key="board" to="/" className={LINK_CLASS}>
            Board
          </Link>,
        ]}
      >
        {project === undefined ? null : (
          <Link to="/incidents" search={{ state }} className={LINK_CLASS}>
            Show those of all projects
          </Link>
        )}
      </PageHead>
      <Filters search={search} />
      {incidents.data === undefined ? (
        incidents.error === null ? (
          <Skeleton lines={5} what="the incidents" />
        ) : (
          <ErrorNote
            what="The incidents could not be read"
            error={incidents.error}
            onRetry={() => void incidents.refetch()}
          />
        )
      ) : (
        <List
          items={incidents.data.pages.flatMap(({ items }) => items)}
          empty={state === 'all' ? '' : ` ${state}`}
        />
      )}
      {incidents.hasNextPage ? (
        <div className="mt-3">
          <Button disabled={incidents.isFetchingNextPage} onClick={() => void incidents.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Filters({ search }: { readonly search: IncidentSearch }): ReactElement {
  return (
    <ChoiceLinks label="State">
      {INCIDENT_FILTERS.map((state) => {
        const chosen = (search.state ?? 'open') === state;
        return (
          <Link
            key={state}
            to="/incidents"
            search={{ ...search, state }}
            aria-current={chosen ? 'true' : undefined}
            className={choiceClass(chosen)}
          >
            {state.charAt(0).toUpperCase() + state.slice(1)}
          </Link>
        );
      })}
    </ChoiceLinks>
  );
}

function List({
  items,
  empty,
}: {
  readonly items: readonly Incident[];
  readonly empty: string;
}): ReactElement {
  if (items.length === 0) return <p className="text-scan text-ink-faint">No{empty} incident.</p>;
  return (
    <ul className="divide-y divide-line rounded-large border border-line bg-surface">
      {items.map((incident) => (
        <li key={incident.id} className="px-4 py-3.5">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-small text-ink-faint">
            <IncidentBadges incident={incident} />
            <span>{incident.project}</span>
            <span>{causeText(incident.cause)}</span>
          </p>
          <Link
            to="/incidents/$incident"
            params={{ incident: incident.id }}
            className={classNames(
              'mt-0.5 inline-flex min-h-6 items-center rounded-small font-medium wrap-anywhere',
              'hover:underline',
            )}
          >
            {incident.title}
          </Link>
          <p className="text-small text-ink-faint">
            {incident.owner}, opened <Moment at={incident.openedAt} />
            {incident.seen > 1 ? (
              <>
                , seen {incident.seen} times, last <Moment at={incident.lastAt} />
              </>
            ) : null}
          </p>
        </li>
      ))}
    </ul>
  );
}
