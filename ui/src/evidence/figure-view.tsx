import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { figureChart } from '../chart/figure-chart.ts';
import { figureTable } from '../chart/figure-table.ts';
import { svg } from '../chart/svg-element.ts';
import { SvgView } from '../chart/svg-view.tsx';
import { Table } from '../components/table.tsx';
import { formatNumber } from '../format/number.ts';
import type { Figure } from './figure.ts';
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
      {asTable ? <NumbersOf figure={figure} /> : <Drawing figure={figure} />}
      {figure.caption === undefined ? null : (
        <figcaption className="mt-2 text-small text-ink-faint">{figure.caption}</figcaption>
      )}
    </figure>
  );
}

function NumbersOf({ figure }: { readonly figure: Figure }): ReactElement {
  const table = useMemo(() => figureTable(figure), [figure]);
  return (
    <div className="max-h-80 overflow-y-auto">
      <Table
        label={figure.title}
        columns={table.columns}
        rows={table.rows}
        numeric={table.columns.map((_, index) => index).slice(1)}
      />
    </div>
  );
}

/** Draws at the width that there is, so that text keeps its size on every screen. */
function Drawing({ figure }: { readonly figure: Figure }): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (frame.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const element = useMemo(() => (width < 40 ? undefined : figureChart(figure, width)), [figure, width]);
  return (
    <div ref={frame} className="min-h-20">
      {figure.series.length > 1 || figure.kind === 'roc' ? (
        <Key names={seriesNames(figure)} kind={figure.kind} />
      ) : null}
      {element === undefined ? null : <SvgView element={element} />}
    </div>
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

function keySwatch(index: number, filled: boolean) {
  const mark = filled
    ? svg('rect', { class: `chart-bar series-${index}`, x: 3, y: 2, width: 12, height: 8, rx: 2 })
    : svg('path', { class: `chart-line series-${index}`, d: 'M0,6L18,6' });
  return svg('svg', { width: 18, height: 12, viewBox: '0 0 18 12', 'aria-hidden': 'true' }, [mark]);
}
