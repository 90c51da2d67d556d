import type { ReactElement, ReactNode } from 'react';

interface DataListProps {
  readonly items: readonly { readonly term: string; readonly value: ReactNode }[];
}

/** Terms and values in two aligned columns. */
export function DataList({ items }: DataListProps): ReactElement {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-5 gap-y-1.5 text-scan">
      {items.map(({ term, value }) => (
        <div key={term} className="col-span-2 grid grid-cols-subgrid items-baseline">
          <dt className="text-ink-faint">{term}</dt>
          <dd className="figures min-w-0 break-words text-ink">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
