import type { ReactElement } from 'react';

/** Grey lines where text will be; says "Loading" to screen readers. */
export function Skeleton({ lines, what }: { readonly lines: number; readonly what: string }): ReactElement {
  return (
    <div role="status" className="flex animate-pulse flex-col gap-3">
      <span className="sr-only">Loading {what}</span>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="h-4 rounded-small bg-sunken odd:w-2/3" />
      ))}
    </div>
  );
}
