import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { fallbackInterval, inboxQuery } from '../api/queries.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { useLive } from '../shell/live.tsx';
import { InboxEntry } from './inbox-entry.tsx';

/** What waits for a person, and what to do about each. */
export function Inbox(): ReactElement | null {
  const { live } = useLive();
  const inbox = useQuery({ ...inboxQuery, refetchInterval: fallbackInterval(live) });
  const items = inbox.data?.items ?? [];
  if (inbox.error !== null) {
    return (
      <div className="mt-10">
        <ErrorNote
          what="Your list could not be read"
          error={inbox.error}
          onRetry={() => void inbox.refetch()}
        />
      </div>
    );
  }
  if (inbox.data === undefined) return null;
  return (
    <section id="needs-you" aria-labelledby="needs-you-title" className="mt-10 scroll-mt-16">
      <h2
        id="needs-you-title"
        tabIndex={-1}
        className="rounded-small text-head font-semibold outline-offset-4"
      >
        Needs you{' '}
        <span className="figures font-normal text-ink-faint">{items.length === 0 ? '' : items.length}</span>
      </h2>
      {items.length === 0 ? (
        <p className="mt-1 text-scan text-ink-faint">Nothing waits for you.</p>
      ) : (
        <ul className="@container mt-3 divide-y divide-line rounded-large border border-line bg-surface">
          {items.map((item) => (
            <InboxEntry key={item.id} item={item} />
          ))}
        </ul>
      )}
    </section>
  );
}
