import { TendError } from '../../../kernel/error.ts';
import type { ProjectSource } from '../../../project/project-files.ts';
import type { TableSession } from '../../../table/tables.ts';
import { HAPPENED, preparedRelation } from './prepared-relation.ts';
import type { ReplayColumns, ReplayPlan } from './replay-plan.ts';
import { OUTCOMES_MAX, type RowSql, rowSql, sliceOf } from './row-sql.ts';

/** Some rows as the text of one request body, without what stands around them. */
export interface Batch {
  readonly rows: number;
  /** JSON objects, separated by commas. */
  readonly text: string;
}

/** What happens in one step of the project clock. Times are milliseconds UTC, `to` exclusive. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly predictions: readonly Batch[];
  /** Outcomes known by `to` of rows that happened before this slice. */
  readonly outcomesOfEarlier: readonly Batch[];
  /** Outcomes known by `to` of rows of this slice. */
  readonly outcomesOfOwn: readonly Batch[];
}

/** The data of a replay, slice by slice. */
export interface ReplayRows {
  /** When the first and the last row happened. */
  readonly span: () => Promise<{ readonly first: number; readonly last: number }>;
  /** The slices from one moment of the project clock to another, one month of rows in memory at a time. */
  readonly slices: (span: Span) => AsyncGenerator<Slice>;
  /** Outcomes that became known in (from, to] of rows that happened from `starts` on and before `to`. */
  readonly outcomes: (span: {
    readonly from: number;
    readonly to: number;
    readonly starts: number;
  }) => Promise<readonly Batch[]>;
  /** Requests of one span without the rows of some keys: for what may have been answered already. */
  readonly predictionsWithout: (
    span: { readonly from: number; readonly to: number },
    keys: ReadonlySet<string | number>,
  ) => Promise<readonly Batch[]>;
}

/** `starts`: rows that happened before are no part of the replay, their outcomes neither. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly starts: number;
}

/** Rows of a day lie in memory as text, and the next day is made meanwhile. */
const DAY_MS = 86_400_000;

/**
 * Prepares the rows of a plan. The engine writes the requests' text itself: no row becomes an object here.
 */
export async function replayRows(
  session: TableSession,
  source: ProjectSource,
  plan: ReplayPlan,
  columns: ReplayColumns,
  batch: number,
): Promise<ReplayRows> {
  const relation = await preparedRelation(session, source, plan, columns);
  const sql = rowSql(relation, plan, columns, batch);
  const read = async (query: string): Promise<readonly SliceBatch[]> =>
    (await session.rows(query)).map(({ slice, own, n, text }) => ({
      slice: Number(slice),
      own: own === true,
      rows: Number(n),
      text: String(text),
    }));
  const day = async (from: number, to: number): Promise<Slice[]> => {
    const predictions = await read(sql.batches('tend_month', from, to, batch));
    const outcomes = await read(sql.batches('tend_due', from, to, OUTCOMES_MAX));
    const slices: Slice[] = [];
    for (let at = sliceOf(from, plan.stepMs); at < to; at += plan.stepMs) {
      const of = (list: readonly SliceBatch[], own: boolean): Batch[] =>
        list.filter((one) => one.slice === at && one.own === own);
      slices.push({
        from: Math.max(at, from),
        to: Math.min(at + plan.stepMs, to),
        predictions: of(predictions, false),
        outcomesOfEarlier: of(outcomes, false),
        outcomesOfOwn: of(outcomes, true),
      });
    }
    return slices;
  };
  return {
    span: async () => {
      const [row] = await session.rows(
        `SELECT epoch_ms(min(${HAPPENED})) AS first, epoch_ms(max(${HAPPENED})) AS last FROM ${relation}`,
      );
      if (row?.first === null || row?.last === null) {
        throw new TendError('SOURCE_UNREADABLE', `no row of ${plan.dataset} says when it happened`);
      }
      return { first: Number(row?.first), last: Number(row?.last) };
    },
    slices: (span) => slicesOf(session, sql, day, span, plan.stepMs),
    outcomes: ({ from, to, starts }) => read(sql.outcomesBetween(from, to, starts)),
    predictionsWithout: ({ from, to }, keys) => read(sql.requestsWithout(from, to, keys)),
  };
}

interface SliceBatch extends Batch {
  readonly slice: number;
  readonly own: boolean;
}

/** Month by month into the engine's memory, day by day out of it, the next day while this one is sent. */
async function* slicesOf(
  session: TableSession,
  sql: RowSql,
  day: (from: number, to: number) => Promise<Slice[]>,
  { from, to, starts }: Span,
  stepMs: number,
): AsyncGenerator<Slice> {
  // Days begin with a step, so that no step lies in two of them.
  const dayMs = Math.max(1, Math.floor(DAY_MS / stepMs)) * stepMs;
  const next = async (
    at: number,
    loaded: number,
  ): Promise<{ slices: Slice[]; until: number; loaded: number }> => {
    let known = loaded;
    if (at >= known) {
      known = Math.min(to, Math.max(at + dayMs, sliceOf(nextMonth(at), stepMs)));
      for (const statement of sql.load(at, known, starts)) await session.run(statement);
    }
    const until = Math.min(known, sliceOf(at, stepMs) + dayMs);
    return { slices: await day(at, until), until, loaded: known };
  };
  if (from >= to) return;
  let coming = next(from, from);
  try {
    for (;;) {
      const { slices, until, loaded } = await coming;
      const last = until >= to;
      if (!last) coming = next(until, loaded);
      // Whoever ends early still waits for it below; nobody else would hear of its failure.
      coming.catch(() => undefined);
      yield* slices;
      if (last) return;
    }
  } finally {
    await coming.catch(() => undefined);
  }
}

function nextMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
