import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Stage } from '../api/answer.ts';
import { inboxQuery } from '../api/queries.ts';
import { InboxEntry } from '../inbox/inbox-entry.tsx';

/** What waits for the reader at this stage, where its evidence is before their eyes. */
export function StageNeeds({
  project,
  stage,
}: {
  readonly project: string;
  readonly stage: Stage;
}): ReactElement | null {
  const inbox = useQuery(inboxQuery);
  const items = inbox.data?.items.filter((item) => item.project === project && item.stage === stage) ?? [];
  if (items.length === 0) return null;
  return (
    <ul
      aria-label="Needs you"
      className="@container mt-4 divide-y divide-line rounded-large border border-line"
    >
      {items.map((item) => (
        <InboxEntry key={item.id} item={item} named={false} />
      ))}
    </ul>
  );
}
