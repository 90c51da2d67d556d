import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** What a table shows. */
export interface TableProps {
  /** Says what the table shows, to those who do not see what is around it. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ReactNode[])[];
  /** Indexes of columns that hold numbers: set to the right, figures under figures. */
  readonly numeric?: readonly number[];
}

/** A quiet table: hairlines between rows, heads in small type; scrolls sideways in its own frame. */
export function Table({ label, columns, rows, numeric = [] }: TableProps): ReactElement {
  const side = (column: number): string => (numeric.includes(column) ? 'text-right' : 'text-left');
  return (
    // What scrolls must be reachable by keyboard, hence the tab stop.
    <div className="overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table className="figures w-full border-collapse text-scan">
        <thead>
          <tr className="border-b border-line">
            {columns.map((column, index) => (
              <th
                key={`${column}-${index}`}
                scope="col"
                className={classNames(
                  'py-1.5 pr-4 align-bottom text-small font-medium text-ink-faint last:pr-0',
                  side(index),
                )}
              >
                {column === '' ? <span className="sr-only">Name</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-b border-line/70 last:border-0">
              {row.map((cell, column) => (
                <td key={column} className={`py-1.5 pr-4 align-middle last:pr-0 ${side(column)}`}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
