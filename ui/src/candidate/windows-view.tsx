import { useCallback } from 'react';
import type { ReactElement } from 'react';
import { SPAN_USES, spanChart, spanClass } from '../chart/span-chart.ts';
import type { SpanRow, SpanUse } from '../chart/span-chart.ts';
import { svg } from '../chart/svg-element.ts';
import { SvgView } from '../chart/svg-view.tsx';
import { Drawing } from '../components/drawing.tsx';
import { Table } from '../components/table.tsx';
import { formatTime } from '../format/time.ts';

const WORDS: Readonly<Record<SpanUse, string>> = {
  train: 'Training',
  validation: 'Validation',
  test: 'Test',
  judged: 'Judged, unseen by both',
};

/** The windows on one axis, and their ends in numbers. */
export function WindowsView({ rows }: { readonly rows: readonly SpanRow[] }): ReactElement {
  const draw = useCallback((width: number) => spanChart(rows, 'Windows of time', width), [rows]);
  const uses = SPAN_USES.filter((use) => rows.some(({ spans }) => spans.some((one) => one.use === use)));
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-small text-ink-soft">
        {uses.map((use) => (
          <li key={use} className="inline-flex items-center gap-1.5">
            <SvgView
              element={svg('svg', { width: 14, height: 10, viewBox: '0 0 14 10', 'aria-hidden': 'true' }, [
                svg('rect', { class: spanClass(use), x: 0, y: 1, width: 14, height: 8, rx: 2 }),
              ])}
            />
            {WORDS[use]}
          </li>
        ))}
      </ul>
      <Drawing draw={draw} />
      <Table
        label="Windows of time"
        columns={['Of', 'Used for', 'From', 'To']}
        rows={rows.flatMap(({ name, spans }) =>
          spans.map(({ use, from, to }) => [name, WORDS[use], ...[from, to].map(momentCell)]),
        )}
      />
    </div>
  );
}

function momentCell(at: number): ReactElement {
  return (
    <span key={at} className="whitespace-nowrap">
      {formatTime(at)}
    </span>
  );
}
