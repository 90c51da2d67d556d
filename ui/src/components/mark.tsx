import type { ReactElement } from 'react';

/** The mark: a stage on the line of a life. */
export function Mark({ size }: { readonly size: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <g fill="none" strokeWidth="2.6" strokeLinecap="round" className="stroke-accent-ink">
        <path d="M7 20h4M21 12h4" />
        <circle cx="16" cy="16" r="4.6" />
      </g>
    </svg>
  );
}
