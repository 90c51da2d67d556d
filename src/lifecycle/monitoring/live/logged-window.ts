import type { Column, Frame } from '../../../kernel/column.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import { outcomeRelation } from './prediction-log.ts';

/** Predictions of a window of event time with their outcomes, row-aligned; a score or target may be NaN. */
export interface LoggedWindow {
  readonly rows: number;
  /** Event times, milliseconds UTC. */
  readonly t: Float64Array;
  readonly score: Float64Array;
  readonly target: Float64Array;
  /** What the model was given, by the names of its inputs. */
  readonly features: Frame;
}

/** A model input by name and kind. */
export interface WindowInput {
  readonly name: string;
  readonly type: 'number' | 'string';
}

/** Rows fetched at once. */
const PAGE_ROWS = 20_000;

/**
 * Loads the sealed outcomes whose predictions lie in [from, to), of one release if given, with the inputs
 * that the release had. Rows that a rule set aside are left out. A week of flights is 115,000 rows, about 0.5
 * s.
 */
export async function loggedWindow(
  ctx: Pick<LifecycleContext, 'db' | 'blobs' | 'tables'>,
  of: {
    readonly project: string;
    readonly endpoint: string;
    readonly from: number;
    readonly to: number;
    readonly release?: string;
    readonly inputs: readonly WindowInput[];
  },
): Promise<LoggedWindow> {
  const relation = await outcomeRelation(ctx, of);
  const cells: (readonly (number | string | null)[])[] = [];
  const t: number[] = [];
  const score: number[] = [];
  const target: number[] = [];
  if (relation !== undefined) {
    await using session = await ctx.tables.session();
    await session.run(
      `CREATE TABLE logged AS SELECT epoch_ms(tend_t)::DOUBLE AS t, tend_score AS score,
         tend_target AS target, tend_features AS features
       FROM ${relation} WHERE tend_rule IS NULL ORDER BY tend_t, tend_prediction`,
    );
    for (let first = 0; ; first += PAGE_ROWS) {
      const page = await session.rows(
        `SELECT * FROM logged WHERE rowid >= ${first} AND rowid < ${first + PAGE_ROWS} ORDER BY rowid`,
      );
      if (page.length === 0) break;
      for (const row of page) {
        t.push(Number(row.t));
        score.push(numberOf(row.score));
        target.push(numberOf(row.target));
        const given = JSON.parse(String(row.features)) as Record<string, number | string | null>;
        cells.push(of.inputs.map(({ name }) => given[name] ?? null));
      }
    }
  }
  const columns = of.inputs.map(({ name, type }, place) => [name, columnOf(cells, place, type)] as const);
  return {
    rows: t.length,
    t: Float64Array.from(t),
    score: Float64Array.from(score),
    target: Float64Array.from(target),
    features: { rows: t.length, columns: Object.fromEntries(columns) },
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function columnOf(
  cells: readonly (readonly (number | string | null)[])[],
  place: number,
  type: WindowInput['type'],
): Column {
  if (type === 'number')
    return { kind: 'number', values: Float64Array.from(cells, (row) => numberOf(row[place])) };
  const texts = cells.map((row) => row[place]);
  const levels = [...new Set(texts.filter((text) => typeof text === 'string'))].sort();
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return {
    kind: 'category',
    levels,
    codes: Int32Array.from(texts, (text) => codeOf.get(String(text)) ?? -1),
  };
}
