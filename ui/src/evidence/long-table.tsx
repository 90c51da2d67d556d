import { useState } from 'react';
import type { ReactElement } from 'react';
import { Table } from '../components/table.tsx';
import type { TableProps } from '../components/table.tsx';

/** Rows shown before one asks for the rest; a panel of sixty slices hides what comes below. */
const ROWS_SHOWN = 12;

/** A table whose end is folded where it is long. */
export function LongTable(props: TableProps): ReactElement {
  const [whole, setWhole] = useState(false);
  const { rows } = props;
  if (rows.length <= ROWS_SHOWN + 3) return <Table {...props} />;
  return (
    <>
      <Table {...props} rows={whole ? rows : rows.slice(0, ROWS_SHOWN)} />
      <button
        type="button"
        aria-expanded={whole}
        onClick={() => setWhole(!whole)}
        className="mt-1.5 text-small text-ink-soft underline underline-offset-2 hover:text-ink"
      >
        {whole ? 'Show fewer rows' : `Show all ${rows.length} rows`}
      </button>
    </>
  );
}
