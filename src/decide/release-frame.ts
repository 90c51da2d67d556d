import type { Column, Frame } from '../kernel/column.ts';
import { TendError } from '../kernel/error.ts';
import { evaluateColumns } from './expression/evaluate-columns.ts';
import { frameFeeds } from './model-feeds.ts';
import type { FeatureDefinition } from './release.ts';
import type { ReleaseDecider } from './release-decider.ts';

/** Rows decided at once: buffers of some hundred kB, which stay in the cache. */
const CHUNK_ROWS = 4_096;

/**
 * The features of a release over whole columns: every feature by its name and every table column as
 * `table.column`. The same expressions that a request goes through, so training and serving cannot differ.
 *
 * @param frame raw fields by name
 * @param tables columns of a table joined to the rows of the frame as of their event time, in the table's
 * order
 */
export function releaseFrame(
  definition: FeatureDefinition,
  frame: Frame,
  tables: (name: string) => readonly Column[],
): Frame {
  const columns: Record<string, Column> = {};
  for (const { name, expression } of definition.features) {
    columns[name] = evaluateColumns(expression, frame, definition.fields);
  }
  for (const table of definition.tables) {
    const joined = tables(table.name);
    table.columns.forEach((column, i) => {
      columns[`${table.name}.${column}`] = joinedColumn(table.name, column, joined[i], frame.rows);
    });
  }
  return { rows: frame.rows, columns };
}

function joinedColumn(table: string, name: string, column: Column | undefined, rows: number): Column {
  const length = column?.kind === 'number' ? column.values.length : -1;
  if (column !== undefined && length === rows) return column;
  throw new TendError('INVALID_INPUT', `expected ${rows} numbers of ${table}.${name}, joined to the rows`);
}

/** Scores of all rows of a frame that `releaseFrame` made, length `frame.rows`. */
export function decideFrame(
  release: Pick<ReleaseDecider, 'manifest' | 'model' | 'output'>,
  frame: Frame,
): Float32Array {
  const feeds = frameFeeds(release.manifest.inputs, release.model, frame);
  const scores = new Float32Array(frame.rows);
  for (let from = 0; from < frame.rows; from += CHUNK_ROWS) {
    const to = Math.min(from + CHUNK_ROWS, frame.rows);
    const outputs = release.model.run(feeds(from, to), to - from);
    scores.set(outputs[release.output] ?? [], from);
  }
  return scores;
}
