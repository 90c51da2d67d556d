import assert from 'node:assert';
import type { CategoryColumn } from '../../kernel/column.ts';
import type { Weights } from '../metrics/metric.ts';

/** Groups with fewer rows are shown and not judged: a rate of 30 rows is known to about ± 0.18. */
export const GROUP_ROWS_MIN = 30;

/** Decisions about people or things that belong to groups; all row-aligned. */
export interface GroupedDecisions {
  readonly group: CategoryColumn;
  /** 1 where the row is selected: given what the decision gives. */
  readonly selected: Uint8Array;
  /**
   * 1 where selecting is right, 0 where it is not, NaN where it is not known yet. Absent: known nowhere.
   */
  readonly target?: Float64Array;
}

/**
 * How one group fares, by the definitions of Fairlearn's metrics. A rate without rows to take it from is
 * NaN (Fairlearn says 0), so that a group without positives does not pass for one that is always refused.
 */
export interface GroupRates {
  /** null: the rows whose group is missing, which are a group too. */
  readonly level: string | null;
  readonly rows: number;
  /** False: fewer than the least number of rows; measures leave the group out. */
  readonly judged: boolean;
  /** Selected rows among all. */
  readonly selectionRate: number;
  /** Selected rows among those with target 1 (recall). */
  readonly truePositiveRate: number;
  /** Selected rows among those with target 0. */
  readonly falsePositiveRate: number;
  /** Rows with target 1 among the selected whose target is known (PPV, precision). */
  readonly positivePredictiveValue: number;
}

/** 3 × selected + target (2: not known), for each row; six cells make a group. */
const CELLS = 6;

/** Rows by cell, and what rates any counts of the cells come to. */
export interface GroupCells {
  /** Of each group six counts, in the order of `CELLS`. */
  readonly counts: Float64Array;
  readonly ratesOf: (counts: Float64Array) => GroupRates[];
}

/**
 * Counts the rows of each group by decision and truth. Groups are in the order of `group.levels`, missing
 * last; those without rows are left out, and which of them are judged is settled by the rows as they are.
 */
export function groupCells(decisions: GroupedDecisions, minRows: number = GROUP_ROWS_MIN): GroupCells {
  return groupCellsOf(decisions, cellsOf(decisions), minRows);
}

function groupCellsOf({ group }: GroupedDecisions, cells: Uint32Array, minRows: number): GroupCells {
  const groups = group.levels.length + 1;
  const counts = countCells(cells, groups);
  const rowsByGroup = Array.from({ length: groups }, (_, g) =>
    counts.subarray(g * CELLS, (g + 1) * CELLS).reduce((sum, count) => sum + count, 0),
  );
  return {
    counts,
    ratesOf: (weighted) =>
      rowsByGroup.flatMap((rows, g) => {
        const own = weighted.subarray(g * CELLS, (g + 1) * CELLS);
        return rows === 0 ? [] : [ratesOf(group.levels[g] ?? null, rows >= minRows, own)];
      }),
  };
}

/**
 * Returns the function that gives the groups' rates for a weighting of the rows (each row once if absent).
 * O(rows) for each call.
 */
export function groupRates(
  decisions: GroupedDecisions,
  minRows: number = GROUP_ROWS_MIN,
): (weights?: Weights) => GroupRates[] {
  const cells = cellsOf(decisions);
  const { counts, ratesOf: rates } = groupCellsOf(decisions, cells, minRows);
  const groups = decisions.group.levels.length + 1;
  return (weights) => rates(weights === undefined ? counts : countCells(cells, groups, weights));
}

function countCells(cells: Uint32Array, groups: number, weights?: Weights): Float64Array {
  const counts = new Float64Array(groups * CELLS);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    counts[cell] = counts[cell]! + (weights === undefined ? 1 : weights[i]!);
  }
  return counts;
}

function cellsOf({ group, selected, target }: GroupedDecisions): Uint32Array {
  assert.equal(selected.length, group.codes.length, 'one decision for each group code');
  assert.equal(target?.length ?? selected.length, selected.length, 'one target for each decision');
  const cells = new Uint32Array(selected.length);
  for (let i = 0; i < cells.length; i++) {
    const code = group.codes[i]!;
    const truth = target?.[i] ?? Number.NaN;
    const known = Number.isNaN(truth) ? 2 : Number(truth === 1);
    cells[i] = (code === -1 ? group.levels.length : code) * CELLS + (selected[i] === 1 ? 3 : 0) + known;
  }
  return cells;
}

/** From the six counts of a group, in the order of `CELLS`. */
function ratesOf(level: string | null, judged: boolean, counts: Float64Array): GroupRates {
  const falsePositives = counts[3]!;
  const truePositives = counts[4]!;
  const selected = falsePositives + truePositives + counts[5]!;
  const rows = selected + counts[0]! + counts[1]! + counts[2]!;
  return {
    level,
    rows,
    judged,
    selectionRate: selected / rows,
    truePositiveRate: truePositives / (truePositives + counts[1]!),
    falsePositiveRate: falsePositives / (falsePositives + counts[0]!),
    positivePredictiveValue: truePositives / (truePositives + falsePositives),
  };
}
