import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { Icon } from './icon.tsx';
import { useToast } from './toast.tsx';
import { classNames } from './class-names.ts';

/** How long the tick stays, in milliseconds: long enough to be seen when looking back from the terminal. */
const DONE_MS = 2000;

interface CopyLineProps {
  readonly text: string;
  /** What is shown instead of the whole text: the head of a hash. */
  readonly shown?: string;
  /** What it is, for the name of the button: `command`, `hash`. */
  readonly what: string;
  readonly prompt?: boolean;
}

/** One line of code with a button that copies it. */
export function CopyLine({ text, shown = text, what, prompt = false }: CopyLineProps): ReactElement {
  const code = useRef<HTMLElement>(null);
  const [done, setDone] = useState(false);
  const toast = useToast();
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), DONE_MS);
    return () => clearTimeout(timer);
  }, [done]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      toast.announce(`Copied the ${what}.`);
    } catch {
      // Without a secure origin there is no clipboard: select the text, so that the keyboard can copy it.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      toast.show(`The ${what} is selected; press Ctrl C to copy it.`);
    }
  }

  const frame = prompt ? 'rounded-medium bg-sunken py-1 pr-1 pl-2.5' : '';
  return (
    <span className={`inline-flex max-w-full min-w-0 items-center gap-1 align-baseline ${frame}`}>
      {prompt ? (
        <span aria-hidden="true" className="font-mono text-small text-ink-faint select-none">
          $
        </span>
      ) : null}
      <code
        ref={code}
        className={classNames(
          'min-w-0 font-mono text-small text-ink-soft',
          shown === text ? 'break-all' : 'whitespace-nowrap',
        )}
      >
        {shown}
      </code>
      <button
        type="button"
        onClick={() => void copy()}
        aria-label={`Copy ${what} ${shown}`}
        className={classNames(
          'inline-flex size-6 shrink-0 items-center justify-center rounded-small',
          'hover:bg-line/60 hover:text-ink',
          done ? 'text-pass' : 'text-ink-faint',
        )}
      >
        <Icon name={done ? 'check' : 'copy'} size={14} />
      </button>
    </span>
  );
}
