import type { ReactElement } from 'react';
import { classNames } from './class-names.ts';

/** How one of several links looks of which one is chosen. */
export function choiceClass(chosen: boolean): string {
  return classNames(
    'inline-flex h-8 items-center rounded-medium px-3 text-scan font-medium',
    chosen ? 'bg-accent-tint text-accent' : 'text-ink-soft hover:bg-sunken hover:text-ink',
  );
}

/** Links of which one is chosen; `label` says what is chosen. */
export function ChoiceLinks({
  label,
  children,
}: {
  readonly label: string;
  readonly children: readonly ReactElement[];
}): ReactElement {
  return (
    <nav aria-label={label} className="mb-4 flex flex-wrap gap-1">
      {children}
    </nav>
  );
}
