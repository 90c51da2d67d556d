import { join } from 'node:path';
import { sqlText } from '../../src/table/sql-name.ts';
import { createTables } from '../../src/table/tables.ts';

/** A flight as the file of a project has it; times in milliseconds UTC. */
export interface FileFlight {
  readonly row: number;
  readonly date: number;
  /** 30 minutes on the ground, 7.5 miles a minute. */
  readonly landed: number;
}

/** The flights of a project's file from a moment on, worked out apart from the project's own SQL. */
export async function fileFlights(dir: string, from: number): Promise<FileFlight[]> {
  const path = join(dir, 'flights.parquet');
  await using session = await createTables({ tempDir: dir, folders: [dir] }).session([path]);
  const rows = await session.rows(
    `SELECT file_row_number AS row, epoch_ms(date) AS date, distance
     FROM read_parquet(${sqlText(path)}, file_row_number = true)`,
  );
  return rows
    .map((row) => {
      const [date, distance] = [Number(row.date), Number(row.distance)];
      const landed = Math.floor(date + Math.round((30 + distance / 7.5) * 60_000_000) / 1_000);
      return { row: Number(row.row), date, landed };
    })
    .filter(({ date }) => date >= from);
}
