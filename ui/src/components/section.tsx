import { useId } from 'react';
import type { ReactElement, ReactNode } from 'react';

/** A part of a page with its heading. */
export function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="mb-2 text-head font-semibold">
        {title}
      </h2>
      {children}
    </section>
  );
}
