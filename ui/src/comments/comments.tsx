import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import type { Comment } from '../api/answer.ts';
import { call } from '../api/call.ts';
import { idempotencyKey } from '../api/idempotency-key.ts';
import { commentsQuery } from '../api/loop-queries.ts';
import { fallbackInterval } from '../api/queries.ts';
import { useNow } from '../clock.ts';
import { Button } from '../components/button.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { useToast } from '../components/toast.tsx';
import { formatAgo, formatTime } from '../format/time.ts';
import { useLive } from '../shell/live.tsx';

interface CommentsProps {
  readonly project: string;
  /** Id of what is spoken of. */
  readonly subject: string;
}

/** What was said about something, oldest first, and room for the reader. */
export function Comments({ project, subject }: CommentsProps): ReactElement {
  const { live } = useLive();
  const comments = useQuery({
    ...commentsQuery(project, subject),
    refetchInterval: fallbackInterval(live),
  });
  const items = comments.data?.items.toReversed() ?? [];
  return (
    <div className="flex flex-col gap-3">
      {comments.error === null ? null : (
        <ErrorNote
          what="The comments could not be read"
          error={comments.error}
          onRetry={() => void comments.refetch()}
        />
      )}
      {comments.data !== undefined && items.length === 0 ? (
        <p className="text-scan text-ink-faint">Nothing was said yet.</p>
      ) : null}
      <ol className="flex flex-col gap-3">
        {items.map((comment) => (
          <Said key={comment.id} comment={comment} />
        ))}
      </ol>
      <CommentForm project={project} subject={subject} />
    </div>
  );
}

function Said({ comment }: { readonly comment: Comment }): ReactElement {
  const now = useNow();
  return (
    <li className="border-l-2 border-line pl-3">
      <p className="text-small text-ink-faint">
        <span className="font-medium text-ink-soft">{comment.author.name}</span>{' '}
        <time dateTime={new Date(comment.createdAt).toISOString()} title={formatTime(comment.createdAt)}>
          {formatAgo(comment.createdAt, now)}
        </time>
      </p>
      <p className="text-scan wrap-anywhere whitespace-pre-wrap">{comment.text}</p>
    </li>
  );
}

function CommentForm({ project, subject }: CommentsProps): ReactElement {
  const client = useQueryClient();
  const { announce } = useToast();
  const id = useId();
  const [text, setText] = useState('');
  const [key, setKey] = useState(idempotencyKey);
  const say = useMutation({
    mutationFn: () =>
      call('comments.create', { project, subject, text: text.trim() }, { idempotencyKey: key }),
    onSuccess: async () => {
      setText('');
      setKey(idempotencyKey());
      announce('The comment was added.');
      await client.invalidateQueries({ queryKey: commentsQuery(project, subject).queryKey });
    },
  });
  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (text.trim() !== '' && !say.isPending) say.mutate();
  }
  return (
    <form onSubmit={onSubmit} className="flex flex-col items-start gap-2">
      <label htmlFor={id} className="text-small text-ink-soft">
        Add a comment
      </label>
      <textarea
        id={id}
        rows={2}
        required
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        className="w-full rounded-medium border border-line-strong bg-surface px-2.5 py-1.5 text-scan"
      />
      {say.error === null ? null : <ErrorNote what="The comment was not added" error={say.error} />}
      <Button type="submit" disabled={say.isPending}>
        {say.isPending ? 'Adding…' : 'Comment'}
      </Button>
    </form>
  );
}
