import { TendError } from '../../kernel/error.ts';
import { sqlName, sqlText, sqlTime } from '../../table/sql-name.ts';
import { type TableColumn, tableSchema } from '../../table/table-schema.ts';
import type { TableSession } from '../../table/tables.ts';
import { csvMistake } from './csv-mistake.ts';
import type { SourceSpec } from './spec.ts';

/** The column that every dataset has first: the position of the row in its source, from 0. */
export const ROW_COLUMN = 'row';

/**
 * The column that stored partitions have last: when a row's outcome was received, where that was after the
 * outcome says that it arrived; else null.
 */
export const KNOWN_COLUMN = 'tend_known';

/** A source as an SQL relation: `row`, then its columns. */
export interface SourceRelation {
  readonly relation: string;
  readonly columns: readonly TableColumn[];
}

/**
 * One partition of a source: the rows of a month or a day, or all. `to` is exclusive; both absent: no
 * bound.
 */
export interface SourcePartition {
  readonly name: string;
  readonly from?: number;
  readonly to?: number;
  readonly rows: number;
}

/**
 * Opens a source for reading. `until`: where a replay begins (milliseconds UTC); what its file holds from
 * then on has not happened yet and comes as traffic.
 * @throws SOURCE_UNREADABLE for a broken file, a missing or mistyped time column, a column called `row`.
 */
export async function openSource(
  session: TableSession,
  name: string,
  spec: SourceSpec,
  path: string,
  until: number | null = null,
): Promise<SourceRelation> {
  const file = fileRelation(spec, path);
  const own = await describeFile(session, name, file, async (said) =>
    spec.type === 'csv' ? csvMistake(session, path, spec.delimiter ?? ',', said) : said,
  );
  const taken = own.find((column) => column.name.toLowerCase() === ROW_COLUMN || /^tend_/i.test(column.name));
  if (taken !== undefined) {
    const whose =
      taken.name.toLowerCase() === ROW_COLUMN ? 'the name of the position of a row' : 'as ours are';
    const message = `source ${name}: a column is called ${taken.name}, ${whose}`;
    throw new TendError('SOURCE_UNREADABLE', message, { hint: 'Give the column another name.' });
  }
  const position = spec.type === 'parquet' ? 'file_row_number' : 'row_number() OVER () - 1';
  const names = own.map((column) => sqlName(column.name)).join(', ');
  const all = `(SELECT ${position} AS ${ROW_COLUMN}, ${names} FROM ${file})`;
  const columns: TableColumn[] = [{ name: ROW_COLUMN, type: 'integer' }, ...own];
  const time = columns.find((column) => column.name === spec.time);
  if (spec.time !== undefined && time?.type !== 'time') {
    const came =
      time === undefined ? `columns ${columns.map((c) => c.name).join(', ')}` : `type ${time.type}`;
    throw new TendError(
      'SOURCE_UNREADABLE',
      `source ${name}: expected a time column ${spec.time}, came ${came}`,
    );
  }
  return {
    relation: spec.time === undefined || until === null ? all : before(all, spec.time, until),
    columns,
  };
}

function before(relation: string, column: string, until: number): string {
  const time = sqlName(column);
  return `(SELECT * FROM ${relation} WHERE ${time} IS NULL OR ${time} < ${sqlTime(until)})`;
}

/**
 * The reader's call; names of folders add no columns, and a CSV file is split as declared, never by a
 * guess: left alone, the reader takes lines off the top until the rest has one width.
 */
function fileRelation(spec: SourceSpec, path: string): string {
  if (spec.type === 'parquet') {
    return `read_parquet(${sqlText(path)}, hive_partitioning = false, file_row_number = true)`;
  }
  const delimiter = sqlText(spec.delimiter ?? ',');
  const lines = `header = true, skip = 0, comment = '', strict_mode = true, null_padding = false`;
  const dialect = `delim = ${delimiter}, quote = '"', escape = '"', ${lines}`;
  return `read_csv(${sqlText(path)}, hive_partitioning = false, sample_size = -1, ${dialect})`;
}

async function describeFile(
  session: TableSession,
  name: string,
  file: string,
  explain: (said: string) => Promise<string>,
): Promise<TableColumn[]> {
  try {
    return (await tableSchema(session, file)).filter((column) => column.name !== 'file_row_number');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TendError('SOURCE_UNREADABLE', `source ${name}: ${await explain(why)}`, { cause });
  }
}

/** The partitions of a source, oldest first; rows without a time (null, infinite) come last, as `undated`. */
export async function listPartitions(
  session: TableSession,
  source: SourceRelation,
  spec: SourceSpec,
): Promise<SourcePartition[]> {
  const unit = spec.partition ?? 'none';
  if (unit === 'none' || spec.time === undefined) {
    const [row] = await session.rows(`SELECT count(*) AS n FROM ${source.relation}`);
    return [{ name: 'all', rows: Number(row?.n) }];
  }
  const time = datedOnly(spec.time);
  const rows = await session.rows(
    `SELECT epoch_ms(date_trunc('${unit}', ${time})::TIMESTAMP) AS start,
            epoch_ms((date_trunc('${unit}', ${time}) + INTERVAL 1 ${unit})::TIMESTAMP) AS stop,
            count(*) AS n
     FROM ${source.relation} GROUP BY 1, 2 ORDER BY 1 NULLS LAST`,
  );
  return rows.map((row) => {
    if (row.start === null) return { name: 'undated', rows: Number(row.n) };
    const from = Number(row.start);
    return { name: partitionName(from, unit), from, to: Number(row.stop), rows: Number(row.n) };
  });
}

/** The time, null where it is infinite: no calendar has a month for that. */
function datedOnly(column: string): string {
  const time = sqlName(column);
  return `(CASE WHEN isfinite(${time}) THEN ${time} END)`;
}

function partitionName(from: number, unit: 'month' | 'day'): string {
  return new Date(from).toISOString().slice(0, unit === 'month' ? 7 : 10);
}

/** The rows of one partition, as a relation. Parquet row groups outside of its time are not read. */
export function partitionRelation(
  source: SourceRelation,
  spec: SourceSpec,
  partition: SourcePartition,
): string {
  if (partition.name === 'undated' && spec.time !== undefined) {
    return `(SELECT * FROM ${source.relation} WHERE ${datedOnly(spec.time)} IS NULL)`;
  }
  if (partition.from === undefined || partition.to === undefined || spec.time === undefined) {
    return source.relation;
  }
  const time = sqlName(spec.time);
  const within = `${time} >= ${sqlTime(partition.from)} AND ${time} < ${sqlTime(partition.to)}`;
  return `(SELECT * FROM ${source.relation} WHERE ${within})`;
}
