import { join } from 'node:path';
import { sqlText } from '../../src/table/sql-name.ts';
import { createTables } from '../../src/table/tables.ts';

/** Where the flights of the example are read from. */
const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet');

/** A number from 0 to 1 for each row, the same every time. */
const NOISE = '((hash(file_row_number) % 10000)::DOUBLE / 10000)';

/** Six of ten flights are late in the half of the day that `late` names, one of ten in the other. */
export function halfDayLate(late: 'morning' | 'evening'): string {
  const likely = late === 'morning' ? 'hour(date) < 13' : 'hour(date) >= 13';
  return `CASE WHEN ${NOISE} < CASE WHEN ${likely} THEN 0.6 ELSE 0.1 END THEN 60 ELSE 0 END`;
}

/** A delay of its own for flights from a moment on. */
export interface Era {
  /** As SQL reads a moment, such as 2001-02-01. */
  readonly from: string;
  /** SQL over the columns of the flights, minutes. */
  readonly delay: string;
}

/** Which flights there are, and how late they are. */
export interface World {
  /** One flight in so many is kept: of January, and of the months that are played. */
  readonly oneIn: { readonly january: number; readonly later: number };
  /** Flights from this moment on are left out. */
  readonly until: string;
  /** The oldest first, from January on; the delays of the example where it is absent. */
  readonly eras?: readonly Era[];
}

/** Writes the flights of a world over those of a project. */
export async function writeFlights(dir: string, { oneIn, until, eras = [] }: World): Promise<void> {
  await using session = await createTables({ tempDir: dir, folders: [dir] }).session([FLIGHTS]);
  const delay = eras.reduce(
    (before, era) => `CASE WHEN date >= TIMESTAMP ${sqlText(era.from)} THEN ${era.delay} ELSE ${before} END`,
    'delay',
  );
  const kept = `CASE WHEN date < TIMESTAMP '2001-02-01' THEN ${oneIn.january} ELSE ${oneIn.later} END`;
  await session.run(
    `COPY (SELECT * EXCLUDE (file_row_number) REPLACE ((${delay})::SMALLINT AS delay)
           FROM read_parquet(${sqlText(FLIGHTS)}, file_row_number = true)
           WHERE file_row_number % ${kept} = 0 AND delay BETWEEN -90 AND 1500
             AND date < TIMESTAMP ${sqlText(until)}
           ORDER BY file_row_number)
     TO ${sqlText(join(dir, 'flights.parquet'))} (FORMAT parquet)`,
  );
}
