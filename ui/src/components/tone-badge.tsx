import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** How much a badge asks for attention. */
export type BadgeTone = 'quiet' | 'accent' | 'wait' | 'fail' | 'pass';

const TONES: Readonly<Record<BadgeTone, string>> = {
  quiet: 'border-line-strong/50 text-ink-soft',
  accent: 'border-accent/50 text-accent',
  wait: 'border-wait/50 text-wait',
  fail: 'border-fail/50 text-fail',
  pass: 'border-pass/50 text-pass',
};

/** A state in a thin frame; the word says what the colour says. */
export function ToneBadge({
  tone,
  children,
}: {
  readonly tone: BadgeTone;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span
      className={classNames(
        'figures inline-block max-w-full rounded-small border bg-surface px-1.5 text-small font-medium',
        'wrap-anywhere',
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
