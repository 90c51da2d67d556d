import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { sqlText } from '../../../src/table/sql-name.ts';
import { createTables } from '../../../src/table/tables.ts';

/** One flight in so many is kept: 30,000 of three million, 4,800 of January. */
const ONE_IN = 100;

/** Everything else is a defect of the data that its contract finds; those few rows are all kept. */
const ORDINARY = "delay BETWEEN -90 AND 1500 AND date < TIMESTAMP '2001-07-01'";

/** The project beside which this folder lies; its SQL and cases are taken as they are. */
const WHOLE = join(import.meta.dirname, '..');

/** Where the package lies whose data the whole project reads by `npm:`. */
const DATA = join(WHOLE, '../../node_modules/vega-datasets/data');

/**
 * What is different in the small project: fewer rows, so criteria with slack; a search of two trials; a
 * canary that twenty requests complete.
 */
const CHANGES: readonly (readonly [path: readonly (string | number)[], value: unknown])[] = [
  [['problem', 'criteria'], smallCriteria()],
  [['problem', 'requires', 'rows'], 2_000],
  [['data', 'sources', 'flights', 'uri'], 'flights.parquet'],
  [['data', 'sources', 'airports', 'uri'], 'airports.csv'],
  [['training', 'trials'], 2],
  [['training', 'rounds'], 20],
  [['testing', 'coverage'], { at_least: '30%' }],
  [['testing', 'load'], { rate: '50/s', for: '1s', errors_at_most: '5%' }],
  [['testing', 'privacy'], { membership_auc: { at_most: 0.9 } }],
  [
    ['deployment', 'rollout'],
    { canary: ['20%', '50%'], bake: '20 predictions', bake_within: '24h', guard: ['answers'] },
  ],
];

function smallCriteria(): readonly object[] {
  return [
    { id: 'ranks-well', metric: 'roc_auc', at_least: 0.52, on: 'test' },
    { id: 'beats-simple', metric: 'roc_auc', at_least: 'baseline - 0.2', on: 'test' },
    { id: 'calibrated', metric: 'calibration_error', at_most: 0.3, on: 'test' },
    { id: 'fast', metric: 'latency_p99', at_most: '5s' },
    { id: 'answers', metric: 'error_rate', at_most: '10%', live: true },
    { id: 'still-good', metric: 'roc_auc', over: '7d', at_least: 'test - 0.1', live: true },
  ];
}

/**
 * Makes the small project in `dir`: the flights example on every hundredth row. The same every time; a file
 * that is there already is kept, so that a second call costs nothing.
 */
export async function makeSmallFlights(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  for (const name of readdirSync(WHOLE)) {
    if (/\.sql$|^known-answers\.yaml$/.test(name)) cpSync(join(WHOLE, name), join(dir, name));
  }
  const document = parseDocument(readFileSync(join(WHOLE, 'tend.yaml'), 'utf8'));
  for (const [path, value] of CHANGES) document.setIn(path, document.createNode(value));
  writeFileSync(join(dir, 'tend.yaml'), document.toString());
  cpSync(join(DATA, 'airports.csv'), join(dir, 'airports.csv'));
  const flights = join(dir, 'flights.parquet');
  if (!existsSync(flights)) await cut(join(DATA, 'flights-3m.parquet'), flights);
}

async function cut(from: string, to: string): Promise<void> {
  await using session = await createTables({ tempDir: dirname(to), folders: [dirname(to)] }).session([from]);
  await session.run(
    `COPY (SELECT * EXCLUDE (file_row_number) FROM read_parquet(${sqlText(from)}, file_row_number = true)
           WHERE file_row_number % ${ONE_IN} = 0 OR NOT (${ORDINARY}) ORDER BY file_row_number)
     TO ${sqlText(to)} (FORMAT parquet)`,
  );
}

const [dir] = process.argv.slice(2);
if (import.meta.main && dir !== undefined) await makeSmallFlights(dir);
