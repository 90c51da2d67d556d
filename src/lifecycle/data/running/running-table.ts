import { type KeyLevels, runningKeys } from './running-keys.ts';
import type { RunningAggregate } from './running-query.ts';
import { type RunningRows, takeRows } from './running-rows.ts';
import { type RunningSum, runningSum } from './running-sum.ts';

/** A running table at one boundary. */
export interface RunningState {
  readonly rows: number;
  /** Places among the levels of each part of the key, row by row. */
  readonly codes: readonly Int32Array[];
  /** By aggregate; NaN where there was nothing to average or add up. */
  readonly values: readonly Float64Array[];
}

/**
 * A feature table kept up to date: a row is added to the sums of its key at the boundary by which it has
 * arrived, and taken away again at the one by which it lies too far back. All sums are of whole numbers, so
 * that they are what adding up the whole window gives, in any order. A boundary costs what came and went
 * since the last one, and a walk over the keys: 0.2 ms for 700 flights of 4,700 routes in a week of 115,000,
 * where the engine takes 5 to add up the week.
 */
export interface RunningTable {
  /** Takes rows in; each counts from the boundary on by which it has arrived. */
  readonly add: (rows: RunningRows) => void;
  /** The state at a boundary, milliseconds UTC; none may lie before one that was asked for. */
  readonly at: (at: number) => RunningState;
  readonly keys: () => readonly KeyLevels[];
}

/** Opens a running table of these aggregates; `refreshMs`: distance of its boundaries. */
export function runningTable(
  keyTypes: readonly ('number' | 'string')[],
  aggregates: readonly Pick<RunningAggregate, 'kind'>[],
  refreshMs: number,
): RunningTable {
  /** Counts the rows that make a key one of the table. */
  const present = runningSum(refreshMs);
  const sums = aggregates.map(() => runningSum(refreshMs));
  const all = [present, ...sums];
  const keys = runningKeys(keyTypes, () => {
    for (const one of all) one.grow();
  });
  let waiting: RunningRows[] = [];

  const enter = (rows: RunningRows, row: number, atUs: number): void => {
    const key = keys.keyAt(rows.keys, row);
    if (key < 0) return;
    const until = rows.present[row] as number;
    // NaN: never; what ended by now counts no more.
    if (until > atUs) present.add(key, 0, until);
    for (let i = 0; i < sums.length; i++) {
      const end = rows.untils[i]?.[row] as number;
      const value = rows.values[i]?.[row] as number;
      if (end > atUs && !Number.isNaN(value)) sums[i]?.add(key, value, end);
    }
  };
  const arrive = (at: number): void => {
    const atUs = at * 1_000;
    const later: RunningRows[] = [];
    for (const rows of waiting) {
      const left: number[] = [];
      for (let row = 0; row < rows.rows; row++) {
        const arrived = rows.arrived[row] as number;
        if (arrived <= atUs) enter(rows, row, atUs);
        else if (!Number.isNaN(arrived)) left.push(row);
      }
      if (left.length > 0) later.push(takeRows(rows, left));
    }
    waiting = later;
  };
  return {
    add: (rows) => {
      waiting.push(rows);
    },
    at: (at) => {
      for (const one of all) one.leave(at);
      arrive(at);
      const rows = keysOf(present);
      return {
        rows: rows.length,
        codes: keys.codes.map((list) => {
          const of = new Int32Array(rows.length);
          for (let row = 0; row < of.length; row++) of[row] = list[rows[row] as number] as number;
          return of;
        }),
        values: aggregates.map(({ kind }, i) => figures(kind, sums[i] as RunningSum, rows)),
      };
    },
    keys: () => keys.parts,
  };
}

/** The keys that stand in the table. */
function keysOf({ counts }: RunningSum): number[] {
  const rows: number[] = [];
  for (let key = 0; key < counts.length; key++) if ((counts[key] as number) > 0) rows.push(key);
  return rows;
}

function figures(
  kind: RunningAggregate['kind'],
  { counts, sums }: RunningSum,
  rows: readonly number[],
): Float64Array {
  const of = new Float64Array(rows.length);
  for (let row = 0; row < of.length; row++) {
    const key = rows[row] as number;
    of[row] = figureOf(kind, counts[key] as number, sums[key] as number);
  }
  return of;
}

function figureOf(kind: RunningAggregate['kind'], count: number, sum: number): number {
  if (kind === 'count') return count;
  if (count === 0) return Number.NaN;
  return kind === 'avg' ? sum / count : sum;
}
