import { Dialog } from '@base-ui/react/dialog';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { InboxItem } from '../api/answer.ts';
import { call } from '../api/call.ts';
import { idempotencyKey } from '../api/idempotency-key.ts';
import { inboxQuery } from '../api/queries.ts';
import { Button } from '../components/button.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { useToast } from '../components/toast.tsx';
import { classNames } from '../components/class-names.ts';

export type Decision = 'approve' | 'reject';

const WORDS = {
  approve: { title: 'Approve', verb: 'Approve', doing: 'Approving…', done: 'Approved' },
  reject: { title: 'Reject', verb: 'Reject', doing: 'Rejecting…', done: 'Rejected' },
} as const;

interface DecideDialogProps {
  readonly item: InboxItem;
  readonly decision: Decision | undefined;
  readonly onClose: () => void;
}

/** Asks once more, with room for a comment: an approval is recorded with it for good. */
export function DecideDialog({ item, decision, onClose }: DecideDialogProps): ReactElement {
  const confirm = useRef<HTMLButtonElement>(null);
  return (
    <Dialog.Root open={decision !== undefined} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop
          className={classNames(
            'fixed inset-0 z-30 bg-backdrop transition-opacity duration-150',
            'data-ending-style:opacity-0 data-starting-style:opacity-0',
          )}
        />
        <Dialog.Popup
          initialFocus={confirm}
          onKeyDown={(event) => event.stopPropagation()}
          className={classNames(
            'fixed inset-x-4 top-[18vh] z-30 mx-auto max-w-md rounded-large bg-surface p-5',
            'shadow-box transition-opacity duration-150 data-ending-style:opacity-0',
            'data-starting-style:opacity-0',
          )}
        >
          {decision === undefined ? null : (
            <DecideForm item={item} decision={decision} onClose={onClose} confirm={confirm} />
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface DecideFormProps {
  readonly item: InboxItem;
  readonly decision: Decision;
  readonly onClose: () => void;
  readonly confirm: React.RefObject<HTMLButtonElement | null>;
}

function DecideForm({ item, decision, onClose, confirm }: DecideFormProps): ReactElement {
  const client = useQueryClient();
  const { show } = useToast();
  const [comment, setComment] = useState('');
  const [key] = useState(idempotencyKey);
  const words = WORDS[decision];
  const decide = useMutation({
    mutationFn: () => {
      const text = comment.trim();
      const input = text === '' ? { id: item.id } : { id: item.id, comment: text };
      // The same form sent twice decides once.
      return call(`approvals.${decision}`, input, { idempotencyKey: key });
    },
    onSuccess: async () => {
      show(`${words.done}: ${item.title}`);
      onClose();
      await client.invalidateQueries({ queryKey: inboxQuery.queryKey });
      // The entry is gone, and the focus with it: the list takes it.
      document.getElementById('needs-you-title')?.focus();
    },
  });
  return (
    <form action={() => decide.mutate()} className="flex flex-col gap-4">
      <div>
        <Dialog.Title className="text-head font-semibold">
          {words.title}: {item.title}
        </Dialog.Title>
        <Dialog.Description className="mt-1 text-scan text-ink-soft">
          {item.detail} Your name and the comment go into the ledger.
        </Dialog.Description>
      </div>
      <label className="flex flex-col gap-1.5 text-scan font-medium">
        Comment (optional)
        <textarea
          rows={3}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          className="rounded-medium border border-line-strong bg-surface px-2.5 py-1.5 text-read font-normal"
        />
      </label>
      {decide.error === null ? null : <ErrorNote what="It was not recorded" error={decide.error} />}
      <div className="flex justify-end gap-2">
        <Dialog.Close render={<Button tone="plain">Cancel</Button>} />
        <Button
          ref={confirm}
          type="submit"
          tone={decision === 'approve' ? 'primary' : 'danger'}
          disabled={decide.isPending}
        >
          {decide.isPending ? words.doing : words.verb}
        </Button>
      </div>
    </form>
  );
}
