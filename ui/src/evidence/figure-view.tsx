import { useCallback, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { figureChart } from '../chart/figure-chart.ts';
import { figureTable, markTable } from '../chart/figure-table.ts';
import { MARK_WORDS, markKinds, markSign } from '../chart/mark-lanes.ts';
import { svg } from '../chart/svg-element.ts';
import { SvgView } from '../chart/svg-view.tsx';
import { Drawing } from '../components/drawing.tsx';
import { Table } from '../components/table.tsx';
import { formatNumber } from '../format/number.ts';
import type { Figure, Mark } from './figure.ts';
import { classNames } from '../components/class-names.ts';

/** A chart with its title, key and caption; a button shows the same as a table. */
export function FigureView({ figure }: { readonly figure: Figure }): ReactElement {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className="min-w-0">
      <div className="mb-2 flex items-start gap-3">
        <h5 className="min-w-0 flex-1 text-scan font-semibold">{figure.title}</h5>
        <button
          type="button"
          onClick={() => setAsTable(!asTable)}
          className={classNames(
            'min-h-6 shrink-0 rounded-small text-small text-ink-faint underline',
            'decoration-line-strong underline-offset-2 hover:text-ink',
          )}
        >
          {asTable ? 'Show as chart' : 'Show as table'}
          <span className="sr-only">: {figure.title}</span>
        </button>
      </div>
      {asTable ? <NumbersOf figure={figure} /> : <Picture figure={figure} />}
      {figure.caption === undefined ? null : (
        <figcaption className="mt-2 text-small text-ink-faint">{figure.caption}</figcaption>
      )}
    </figure>
  );
}

function NumbersOf({ figure }: { readonly figure: Figure }): ReactElement {
  const table = useMemo(() => figureTable(figure), [figure]);
  const marks = useMemo(() => markTable(figure), [figure]);
  return (
    <div className="max-h-80 overflow-y-auto">
      <Table
        label={figure.title}
        columns={table.columns}
        rows={table.rows}
        numeric={table.columns.map((_, index) => index).slice(1)}
      />
      {marks === undefined ? null : (
        <div className="mt-4">
          <Table label={`Events of ${figure.title}`} columns={marks.columns} rows={marks.rows} />
        </div>
      )}
    </div>
  );
}

/** The picture under its key. */
function Picture({ figure }: { readonly figure: Figure }): ReactElement {
  const draw = useCallback((width: number) => figureChart(figure, width), [figure]);
  return (
    <>
      {figure.series.length > 1 || figure.kind === 'roc' ? (
        <Key names={seriesNames(figure)} kind={figure.kind} />
      ) : null}
      {figure.kind === 'line' && figure.marks !== undefined && figure.marks.length > 0 ? (
        <MarkKey marks={figure.marks} />
      ) : null}
      <Drawing draw={draw} />
    </>
  );
}

function seriesNames(figure: Figure): readonly string[] {
  if (figure.kind !== 'roc') return figure.series.map(({ name }) => name);
  return figure.series.map(({ name, area }) =>
    area === undefined ? name : `${name}, area ${formatNumber(area)}`,
  );
}

function Key({
  names,
  kind,
}: {
  readonly names: readonly string[];
  readonly kind: Figure['kind'];
}): ReactElement {
  return (
    <ul className="mb-1 flex flex-wrap gap-x-4 gap-y-0.5 text-small text-ink-soft">
      {names.map((name, index) => (
        <li key={name} className="inline-flex items-center gap-1.5">
          <SvgView element={keySwatch(index, kind === 'bars' || (kind === 'histogram' && index === 0))} />
          {name}
        </li>
      ))}
    </ul>
  );
}

/** What the signs below the plot stand for. */
function MarkKey({ marks }: { readonly marks: readonly Mark[] }): ReactElement {
  return (
    <ul className="mb-1 flex flex-wrap gap-x-4 gap-y-0.5 text-small text-ink-soft">
      {markKinds(marks).map((kind) => (
        <li key={kind} className="inline-flex items-center gap-1.5">
          <SvgView
            element={svg('svg', { width: 14, height: 14, viewBox: '0 0 14 14', 'aria-hidden': 'true' }, [
              markSign(kind, 7, 7),
            ])}
          />
          {MARK_WORDS[kind]}
        </li>
      ))}
    </ul>
  );
}

function keySwatch(index: number, filled: boolean) {
  const mark = filled
    ? svg('rect', { class: `chart-bar series-${index}`, x: 3, y: 2, width: 12, height: 8, rx: 2 })
    : svg('path', { class: `chart-line series-${index}`, d: 'M0,6L18,6' });
  return svg('svg', { width: 18, height: 12, viewBox: '0 0 18 12', 'aria-hidden': 'true' }, [mark]);
}
