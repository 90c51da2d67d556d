import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** A short word in a quiet frame: a kind, a count. */
export function Badge({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <span
      className={classNames(
        'figures inline-flex h-5 items-center rounded-small bg-sunken px-1.5 text-small',
        'text-ink-soft',
      )}
    >
      {children}
    </span>
  );
}
