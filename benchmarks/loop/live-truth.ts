import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqlText } from '../../src/table/sql-name.ts';
import { createTables } from '../../src/table/tables.ts';

/** What the released models really were worth in the week before a day. Milliseconds UTC. */
export interface TrueWeek {
  readonly to: number;
  readonly auc: number;
}

const DAY_MS = 86_400_000;

/**
 * The area under the curve of each week, ending with each day, of what was answered by the release that
 * answered last: from the log of predictions and the data file, with every outcome, however late. Nothing of
 * Tend's own figures is read. (Mann-Whitney with mid-ranks.)
 */
export async function trueWeeks(dir: string, data: string): Promise<readonly TrueWeek[]> {
  const state = join(dir, '.tend');
  const files = [...sealedFiles(state), ...openSegments(state)];
  const session = await createTables({ tempDir: join(state, 'scratch') }).session([...files, data]);
  try {
    const parts = files.map((file) => {
      const rows = file.endsWith('.jsonl')
        ? `read_json(${sqlText(file)}, format = 'newline_delimited', ignore_errors = true)`
        : `read_parquet(${sqlText(file)})`;
      return `SELECT CAST(key::VARCHAR AS BIGINT) AS key, t::BIGINT AS t, release, prediction FROM ${rows}`;
    });
    await session.run(
      `CREATE TABLE answered AS SELECT t, release, prediction, delay > 15 AS late
       FROM (${parts.join(' UNION ALL ')})
       JOIN (SELECT file_row_number AS row, delay FROM read_parquet(${sqlText(data)}, file_row_number = true))
         ON row = key
       WHERE prediction IS NOT NULL ORDER BY t`,
    );
    const [span] = await session.rows('SELECT min(t) AS first, max(t) AS last FROM answered');
    const weeks: TrueWeek[] = [];
    const first = Math.ceil(Number(span?.first) / DAY_MS) * DAY_MS;
    for (let to = first; to <= Number(span?.last) + DAY_MS; to += DAY_MS) {
      const week = `SELECT * FROM answered WHERE t >= ${to - 7 * DAY_MS} AND t < ${to}`;
      const [row] = await session.rows(
        `WITH week AS (${week}), 
           last AS (SELECT last(release ORDER BY t) AS release FROM week),
           own AS (SELECT week.* FROM week JOIN last USING (release)),
           ranked AS (SELECT late, rank() OVER (ORDER BY prediction)
                                   + (count(*) OVER (PARTITION BY prediction) - 1) / 2.0 AS place FROM own)
         SELECT (sum(place) FILTER (late) - count(*) FILTER (late) * (count(*) FILTER (late) + 1) / 2.0)
                / (count(*) FILTER (late) * count(*) FILTER (NOT late))::DOUBLE AS auc FROM ranked`,
      );
      if (typeof row?.auc === 'number') weeks.push({ to, auc: row.auc });
    }
    return weeks;
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

/** Blobs of the sealed parts of the prediction log. */
export function sealedFiles(state: string): string[] {
  const db = new DatabaseSync(join(state, 'tend.db'), { readOnly: true });
  try {
    const rows = db.prepare("SELECT blob_hash AS hash FROM log_part WHERE kind = 'predictions'").all();
    return rows.map(({ hash }) => {
      const name = String(hash);
      return join(state, 'blobs/sha256', name.slice(0, 2), name.slice(2, 4), name);
    });
  } finally {
    db.close();
  }
}

function openSegments(state: string): string[] {
  const folder = join(state, 'segments/flight-delay');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
