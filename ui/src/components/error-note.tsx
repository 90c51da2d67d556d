import type { ReactElement } from 'react';
import { errorText } from '../api/api-error.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface ErrorNoteProps {
  /** What did not work, as the start of a sentence: `The board could not be read`. */
  readonly what: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, what to do, and a way to try again. */
export function ErrorNote({ what, error, onRetry }: ErrorNoteProps): ReactElement {
  const { message, hint } = errorText(error);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-large bg-fail-tint p-4 text-scan">
      <span className="mt-0.5 text-fail">
        <Icon name="alert" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">{what}.</p>
        <p className="mt-0.5 text-ink-soft">
          {message} {hint}
        </p>
      </div>
      {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
