import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { commentsQuery } from '../api/loop-queries.ts';
import { Comments } from './comments.tsx';

interface FoldedCommentsProps {
  readonly project: string;
  readonly subject: string;
}

/** How much was said, and all of it when unfolded: most evidence needs no word. */
export function FoldedComments({ project, subject }: FoldedCommentsProps): ReactElement {
  const comments = useQuery(commentsQuery(project, subject));
  const [open, setOpen] = useState(false);
  const count = comments.data?.items.length ?? 0;
  return (
    <details
      className="mt-4 rounded-medium border border-line"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="cursor-pointer rounded-medium px-3 py-1.5 text-scan font-medium hover:bg-hover">
        Comments <span className="figures font-normal text-ink-faint">{count === 0 ? 'none' : count}</span>
      </summary>
      <div className="border-t border-line p-3">
        {open ? <Comments project={project} subject={subject} /> : null}
      </div>
    </details>
  );
}
