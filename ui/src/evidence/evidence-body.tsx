import type { ReactElement } from 'react';
import { DataList } from '../components/data-list.tsx';
import { Table } from '../components/table.tsx';
import { fieldName } from '../format/field-name.ts';
import { formatNumber } from '../format/number.ts';
import { formatTime } from '../format/time.ts';
import type { BodyPart } from './body-part.ts';
import { CriteriaTable } from './criteria-table.tsx';
import { FigureView } from './figure-view.tsx';
import { JsonView } from './json-view.tsx';
import { asVerdict } from './verdict-word.ts';
import { Verdict } from '../components/verdict.tsx';

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
    case 'facts':
      return (
        <DataList
          items={part.facts.map(([name, value]) => ({ term: fieldName(name), value: shown(name, value) }))}
        />
      );
    case 'figure':
      return <FigureView figure={part.figure} />;
    case 'table':
      return (
        <div>
          <Heading name={part.name} />
          <Table
            label={fieldName(part.name)}
            columns={part.columns.map((column) => (column === '' ? '' : fieldName(column)))}
            rows={part.rows.map((row) => row.map((cell, column) => shown(part.columns[column] ?? '', cell)))}
            numeric={numericColumns(part.rows)}
          />
        </div>
      );
    case 'section':
      return (
        <div>
          <Heading name={part.name} />
          <div className="border-l-2 border-line pl-3.5">
            <EvidenceBody parts={part.parts} />
          </div>
        </div>
      );
    case 'json':
      return <JsonView name={part.name === '' ? 'Body' : fieldName(part.name)} value={part.value} />;
  }
}

function Heading({ name }: { readonly name: string }): ReactElement {
  return <h5 className="mb-1.5 text-scan font-semibold">{fieldName(name)}</h5>;
}

type Primitive = string | number | boolean | null;

function shown(name: string, value: Primitive): ReactElement | string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return isTime(name, value) ? formatTime(value) : formatNumber(value);
  const verdict = /verdict$/i.test(name) ? asVerdict(value) : undefined;
  return verdict === undefined ? value : <Verdict verdict={verdict} />;
}

/** By the convention of this API, `createdAt` and the like are milliseconds UTC. 1e11 is March 1973. */
function isTime(name: string, value: number): boolean {
  return /(?:[a-z]At|_at|^at)$/.test(name) && value > 1e11;
}

function numericColumns(rows: readonly (readonly Primitive[])[]): number[] {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => column).filter((column) =>
    rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
}
