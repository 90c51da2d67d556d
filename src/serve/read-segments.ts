import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type PredictionRecord, parsePredictionRecord } from './prediction-record.ts';

const LINE_FEED = 10;

/**
 * Every prediction in the segments below `dir` (`<state>/segments`, or one endpoint's folder in it), file by
 * file in the order of their names; within a file in the order of writing. Lines that are no record are
 * skipped: the last one of a file may be torn by a kill, and is then one that was never acknowledged.
 */
export async function* readSegments(dir: string): AsyncIterable<PredictionRecord> {
  for (const file of await segmentFiles(dir)) yield* readSegment(file);
}

/** Paths of the segment files below `dir`, sorted; none when the folder is missing. */
export async function segmentFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort(bySegment);
}

/** Orders names of segments: by folder, day, worker and number, so that the tenth comes after the ninth. */
export function bySegment(a: string, b: string): number {
  return SEGMENT_ORDER.compare(a, b);
}

const SEGMENT_ORDER = new Intl.Collator('en', { numeric: true });

/** The predictions of one segment file, in the order of writing. */
export async function* readSegment(file: string): AsyncIterable<PredictionRecord> {
  for await (const line of linesOf(createReadStream(file))) {
    const record = parsePredictionRecord(line);
    if (record !== undefined) yield record;
  }
}

/**
 * Split at line feeds alone: `node:readline` also splits at U+2028, which JSON carries unescaped in a
 * string.
 */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      rest.push(chunk.subarray(start, end));
      yield Buffer.concat(rest).toString('utf8');
      rest = [];
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
  }
  // Without its line feed the last line was never acknowledged, even if it happens to parse.
}
