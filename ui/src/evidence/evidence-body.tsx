import type { ReactElement } from 'react';
import { DataList } from '../components/data-list.tsx';
import { Table } from '../components/table.tsx';
import { fieldName } from '../format/field-name.ts';
import type { BodyPart, CellValue } from './body-part.ts';
import { CellText } from './cell-text.tsx';
import { CriteriaTable } from './criteria-table.tsx';
import { FigureView } from './figure-view.tsx';
import { JsonView } from './json-view.tsx';
import { LongTable } from './long-table.tsx';
import type { PromiseRow } from './promise-row.ts';

/** The parts of an evidence body, one below the other. */
export function EvidenceBody({ parts }: { readonly parts: readonly BodyPart[] }): ReactElement {
  return (
    <div className="flex flex-col gap-5">
      {parts.map((part, index) => (
        <Part key={index} part={part} />
      ))}
    </div>
  );
}

function Part({ part }: { readonly part: BodyPart }): ReactElement {
  switch (part.kind) {
    case 'criteria':
      return <CriteriaTable criteria={part.criteria} />;
    case 'promises':
      return <Promises name={part.name} promises={part.promises} />;
    case 'facts':
      return (
        <DataList
          items={part.facts.map(([name, value]) => ({
            term: fieldName(name),
            value: <CellText name={name} value={value} />,
          }))}
        />
      );
    case 'figure':
      return <FigureView figure={part.figure} />;
    case 'table':
      return <ValueTable part={part} />;
    case 'section':
      return (
        <div>
          <Heading name={part.name} />
          <div className="border-l-2 border-line pl-3.5">
            <EvidenceBody parts={part.parts} />
          </div>
        </div>
      );
    case 'folded':
      return <Folded part={part} />;
    case 'json':
      return <JsonView name={part.name === '' ? 'Body' : fieldName(part.name)} value={part.value} />;
  }
}

function Heading({ name }: { readonly name: string }): ReactElement {
  return <h5 className="mb-1.5 text-scan font-semibold">{fieldName(name)}</h5>;
}

function Promises({
  name,
  promises,
}: {
  readonly name: string;
  readonly promises: readonly PromiseRow[];
}): ReactElement {
  return (
    <div>
      <Heading name={name} />
      <Table
        label={fieldName(name)}
        columns={['Promise', 'Bound', 'Where', 'Judged by']}
        rows={promises.map(({ promise, metric, bound, where, judgedBy }) => [
          <span key="promise">
            <span className="block font-medium">{promise}</span>
            <span className="block text-small text-ink-faint">{metric}</span>
          </span>,
          bound,
          where === '' ? '–' : where,
          judgedBy,
        ])}
      />
    </div>
  );
}

function Folded({ part }: { readonly part: Extract<BodyPart, { kind: 'folded' }> }): ReactElement {
  return (
    <details open={part.open} className="rounded-medium border border-line">
      <summary className="cursor-pointer rounded-medium px-3 py-1.5 text-scan font-medium hover:bg-hover">
        {part.name.charAt(0).toUpperCase() + part.name.slice(1)}
      </summary>
      <div className="border-t border-line px-3 py-2">
        {part.parts.map((inner, index) =>
          inner.kind === 'table' ? <Cells key={index} part={inner} /> : <Part key={index} part={inner} />,
        )}
      </div>
    </details>
  );
}

type TablePart = Extract<BodyPart, { kind: 'table' }>;

function ValueTable({ part }: { readonly part: TablePart }): ReactElement {
  return (
    <div>
      <Heading name={part.name} />
      <Cells part={part} />
    </div>
  );
}

/** Figures of a column that holds moments: a profile says of each row what type its column has. */
const FIGURES_OF_TYPE: ReadonlySet<string> = new Set(['min', 'max', 'mean', 'quantiles']);

function Cells({ part }: { readonly part: TablePart }): ReactElement {
  const type = part.columns.indexOf('type');
  return (
    <LongTable
      label={fieldName(part.name)}
      columns={part.columns.map((column) => (column === '' ? '' : fieldName(column)))}
      rows={part.rows.map((row) =>
        row.map((value, index) => {
          const name = part.columns[index] ?? '';
          const time = row[type] === 'time' && FIGURES_OF_TYPE.has(name);
          return <CellText key={index} name={name} value={value} time={time} />;
        }),
      )}
      numeric={numericColumns(part.rows)}
    />
  );
}

function numericColumns(rows: readonly (readonly CellValue[])[]): number[] {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => column).filter((column) =>
    rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
}
