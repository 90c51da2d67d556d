import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { InboxItem } from '../api/answer.ts';
import { call } from '../api/call.ts';
import { inboxQuery } from '../api/queries.ts';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { useToast } from '../components/toast.tsx';

export type Decision = 'approve' | 'reject';

const WORDS = {
  approve: { verb: 'Approve', doing: 'Approving…', done: 'Approved', tone: 'primary' },
  reject: { verb: 'Reject', doing: 'Rejecting…', done: 'Rejected', tone: 'danger' },
} as const;

interface DecideDialogProps {
  readonly item: InboxItem;
  readonly decision: Decision | undefined;
  readonly onClose: () => void;
}

/** Approves or rejects what waits for the reader. */
export function DecideDialog({ item, decision, onClose }: DecideDialogProps): ReactElement {
  const client = useQueryClient();
  const { show } = useToast();

  async function decide(decided: Decision, comment: string, key: string): Promise<void> {
    const input = comment === '' ? { id: item.id } : { id: item.id, comment };
    await call(`approvals.${decided}`, input, { idempotencyKey: key });
    show(`${WORDS[decided].done}: ${item.title}`);
    await client.invalidateQueries({ queryKey: inboxQuery.queryKey });
    // The entry is gone, and the focus with it: the list takes it.
    document.getElementById('needs-you-title')?.focus();
  }

  return (
    <ConfirmDialog
      onClose={onClose}
      confirmation={
        decision === undefined
          ? undefined
          : {
              ...WORDS[decision],
              title: `${WORDS[decision].verb}: ${item.title}`,
              description: item.detail,
              act: (comment, key) => decide(decision, comment, key),
            }
      }
    />
  );
}
