import type { ReactElement } from 'react';
import { intervalPicture } from '../chart/interval-picture.ts';
import { SvgView } from '../chart/svg-view.tsx';
import { Table } from '../components/table.tsx';
import { Verdict } from '../components/verdict.tsx';
import { formatNumber } from '../format/number.ts';
import type { JudgedCriterion } from './criterion.ts';

const PICTURE = { width: 88, height: 20 };

/** Each promise with what was measured, its interval and its bound. */
export function CriteriaTable({ criteria }: { readonly criteria: readonly JudgedCriterion[] }): ReactElement {
  return (
    <Table
      label="Criteria"
      columns={['Criterion', 'Verdict', 'Value', 'Bound', 'Interval']}
      numeric={[2, 3]}
      rows={criteria.map((criterion) => [
        <Name key="name" criterion={criterion} />,
        <Verdict key="verdict" verdict={criterion.verdict} />,
        measured(criterion),
        <span key="bound" className="whitespace-nowrap text-ink-soft">
          {bound(criterion)}
        </span>,
        <SvgView key="interval" element={intervalPicture(criterion, PICTURE)} />,
      ])}
    />
  );
}

function Name({ criterion }: { readonly criterion: JudgedCriterion }): ReactElement {
  const { id, metric, slice } = criterion;
  return (
    <>
      <span className="block font-medium">{id}</span>
      <span className="block text-small text-ink-faint">{slice === '' ? metric : `${metric}, ${slice}`}</span>
    </>
  );
}

function measured({ value, low, high, unit }: JudgedCriterion): ReactElement {
  return (
    <>
      <span className="block font-medium whitespace-nowrap">
        {value === null ? '–' : withUnit(value, unit)}
      </span>
      {low === null || high === null ? null : (
        <span className="block text-small whitespace-nowrap text-ink-faint">
          {formatNumber(low)} to {formatNumber(high)}
        </span>
      )}
    </>
  );
}

function bound({ atLeast, atMost, unit }: JudgedCriterion): string {
  const parts = [
    atLeast === null ? '' : `≥ ${withUnit(atLeast, unit)}`,
    atMost === null ? '' : `≤ ${withUnit(atMost, unit)}`,
  ];
  return parts.filter((part) => part !== '').join(', ') || '–';
}

function withUnit(value: number, unit: string): string {
  return unit === '' ? formatNumber(value) : `${formatNumber(value)}\u202f${unit}`;
}
