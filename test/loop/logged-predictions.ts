import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { recordOfRow } from '../../src/lifecycle/monitoring/live/prediction-log.ts';
import type { PredictionRecord } from '../../src/serve/prediction-record.ts';
import { readSegment, segmentFiles } from '../../src/serve/read-segments.ts';
import { openBlobStore } from '../../src/store/blob.ts';
import { createTables, parquetRelation, type TableRow } from '../../src/table/tables.ts';
import { databaseRows } from './loop-bed.ts';

/** Every prediction that a state folder has logged, from sealed parts and open segments. */
export async function loggedPredictions(stateDir: string): Promise<PredictionRecord[]> {
  const { names, rows } = await sealedRows(stateDir, 'predictions');
  const records = rows.flatMap((row) => recordOfRow(row) ?? []);
  for (const file of await segmentFiles(join(stateDir, 'segments'))) {
    // One whose part is known is about to go.
    if (names.includes(basename(file))) continue;
    for await (const record of readSegment(file)) records.push(record);
  }
  return records;
}

/** Ids of the predictions whose outcomes a state folder has taken in, one for each time that it did. */
export async function takenOutcomes(stateDir: string, endpoint: string): Promise<string[]> {
  const { names, rows } = await sealedRows(stateDir, 'outcomes');
  const folder = join(stateDir, 'outcomes', endpoint);
  const open = readdirSync(folder).filter((name) => !names.includes(name));
  const lines = open.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1));
  const unsealed = lines.map((line) => (JSON.parse(line) as { prediction: string }).prediction);
  return [...rows.map((row) => String(row['tend_prediction'])), ...unsealed];
}

/** From when on each sealed outcome counts as known, milliseconds UTC; null: from its landing on. */
export async function knownFrom(stateDir: string): Promise<(number | null)[]> {
  const { rows } = await sealedRows(stateDir, 'outcomes', 'epoch_ms(tend_known) AS known');
  return rows.map(({ known }) => (known === null ? null : Number(known)));
}

async function sealedRows(
  stateDir: string,
  kind: 'predictions' | 'outcomes',
  columns = '*',
): Promise<{ readonly names: readonly string[]; readonly rows: readonly TableRow[] }> {
  const parts = databaseRows(stateDir, `select name, blob_hash from log_part where kind = '${kind}'`);
  if (parts.length === 0) return { names: [], rows: [] };
  const tables = createTables({ tempDir: join(stateDir, 'scratch'), folders: [stateDir] });
  const blobs = openBlobStore(join(stateDir, 'blobs'));
  await using session = await tables.session();
  const files = parts.map((part) => blobs.path(String(part['blob_hash'])));
  return {
    names: parts.map((part) => String(part['name'])),
    rows: await session.rows(`SELECT ${columns} FROM ${parquetRelation(files)}`),
  };
}
