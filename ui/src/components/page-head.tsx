import type { ReactElement, ReactNode } from 'react';
import { useTitle } from '../shell/use-title.ts';

interface PageHeadProps {
  readonly title: string;
  /** The way up: links, in order. */
  readonly path: readonly ReactNode[];
  /** What stands beside the title: states, dates. */
  readonly children?: ReactNode;
}

/** Where one is, and what the page is about. */
export function PageHead({ title, path, children }: PageHeadProps): ReactElement {
  useTitle(title);
  return (
    <header className="mb-5">
      <nav aria-label="Breadcrumb" className="text-small text-ink-faint">
        <ol className="flex flex-wrap gap-x-1.5">
          {path.map((step, index) => (
            <li key={index} className="inline-flex items-center gap-x-1.5">
              {index === 0 ? null : <span aria-hidden="true">/</span>}
              {step}
            </li>
          ))}
        </ol>
      </nav>
      <h1 className="mt-1 text-title font-semibold tracking-tight wrap-anywhere">{title}</h1>
      {children === undefined ? null : (
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-scan text-ink-soft">
          {children}
        </div>
      )}
    </header>
  );
}
