import { Dialog } from '@base-ui/react/dialog';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ReactElement, RefObject } from 'react';
import { idempotencyKey } from '../api/idempotency-key.ts';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { ErrorNote } from './error-note.tsx';

/** What is to be confirmed, in words. */
export interface Confirmation {
  readonly title: string;
  readonly description: string;
  readonly verb: string;
  /** The verb while it happens: `Approving…`. */
  readonly doing: string;
  readonly tone: 'primary' | 'danger';
  /** True: it cannot be done without a comment. */
  readonly commentNeeded?: boolean;
  /** Does it; `key` is the same for every attempt, so that the server does it once. */
  readonly act: (comment: string, key: string) => Promise<void>;
}

interface ConfirmDialogProps {
  /** Undefined: closed. */
  readonly confirmation: Confirmation | undefined;
  readonly onClose: () => void;
}

/** Asks once more, with room for a comment: what is decided is recorded with it for good. */
export function ConfirmDialog({ confirmation, onClose }: ConfirmDialogProps): ReactElement {
  const first = useRef<HTMLElement>(null);
  return (
    <Dialog.Root open={confirmation !== undefined} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop
          className={classNames(
            'fixed inset-0 z-30 bg-backdrop transition-opacity duration-150',
            'data-ending-style:opacity-0 data-starting-style:opacity-0',
          )}
        />
        <Dialog.Popup
          initialFocus={first}
          onKeyDown={(event) => event.stopPropagation()}
          className={classNames(
            'fixed inset-x-4 top-[18vh] z-30 mx-auto max-w-md rounded-large bg-surface p-5',
            'shadow-box transition-opacity duration-150 data-ending-style:opacity-0',
            'data-starting-style:opacity-0',
          )}
        >
          {confirmation === undefined ? null : (
            <ConfirmForm confirmation={confirmation} onClose={onClose} first={first} />
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface ConfirmFormProps {
  readonly confirmation: Confirmation;
  readonly onClose: () => void;
  /** What takes the focus on opening. */
  readonly first: RefObject<HTMLElement | null>;
}

function ConfirmForm({ confirmation, onClose, first }: ConfirmFormProps): ReactElement {
  const { title, description, verb, doing, tone, commentNeeded = false, act } = confirmation;
  const takesFocus = (element: HTMLElement | null): void => {
    first.current = element;
  };
  const [comment, setComment] = useState('');
  const [key] = useState(idempotencyKey);
  const confirm = useMutation({ mutationFn: () => act(comment.trim(), key), onSuccess: onClose });
  return (
    <form action={() => confirm.mutate()} className="flex flex-col gap-4">
      <div>
        <Dialog.Title className="text-head font-semibold">{title}</Dialog.Title>
        <Dialog.Description className="mt-1 text-scan text-ink-soft">
          {description} Your name and the comment go into the ledger.
        </Dialog.Description>
      </div>
      <label className="flex flex-col gap-1.5 text-scan font-medium">
        {commentNeeded ? 'Comment' : 'Comment (optional)'}
        <textarea
          {...(commentNeeded ? { ref: takesFocus } : {})}
          rows={3}
          required={commentNeeded}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          className="rounded-medium border border-line-strong bg-surface px-2.5 py-1.5 text-read font-normal"
        />
      </label>
      {confirm.error === null ? null : <ErrorNote what="It was not recorded" error={confirm.error} />}
      <div className="flex justify-end gap-2">
        <Dialog.Close render={<Button tone="plain">Cancel</Button>} />
        <Button
          {...(commentNeeded ? {} : { ref: takesFocus })}
          type="submit"
          tone={tone}
          disabled={confirm.isPending}
        >
          {confirm.isPending ? doing : verb}
        </Button>
      </div>
    </form>
  );
}
