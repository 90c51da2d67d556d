import { isAscii } from 'node:buffer';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { ENDPOINT_NAME } from './endpoint-name.ts';
import { bySegment } from './read-segments.ts';
import { isPredictionRecord, type PredictionRecord, parsePredictionRecord } from './prediction-record.ts';

const LINE_FEED = 10;
const SEGMENT_NAME = /^\d{8}-\d+-\d+\.jsonl$/;

/** Read and parsed at once: some thousand records, 10 ms, after which others get their turn. */
const PIECE_BYTES = 256 * 1024;

/** Where a line stands: name of the segment file in the endpoint's folder, and its first byte there. */
export interface SegmentPlace {
  readonly file: string;
  readonly offset: number;
}

type OnRecord = (record: PredictionRecord, place: SegmentPlace) => void;

/** Reads what is appended to the segments of one endpoint, each line once. */
export interface SegmentTail {
  /**
   * Hands over every record whose line has become whole since the last call, file by file in the order of
   * their names. A torn last line waits for its rest; a line that is no record is passed by. What `onRecord`
   * throws ends the call, and the next one goes on behind that record. Calls may not overlap.
   * @returns how many records there were
   */
  readonly next: (onRecord: OnRecord) => Promise<number>;
  /** Bytes read of each file, by its name: what `from` takes to go on after a restart. */
  readonly positions: () => Readonly<Record<string, number>>;
  /** The file was removed, or is to be read no more. */
  readonly forget: (file: string) => void;
}

/**
 * Tails the segments of an endpoint below `dir` (`<state>/segments`); none are there before its first
 * prediction. Memory is one piece of a file whatever their size. Measured: 2.0 us for a record of 700 bytes.
 * @param from where to go on in each file; a file that is not named is read from its beginning
 */
export function tailSegments(
  dir: string,
  endpoint: string,
  from: Readonly<Record<string, number>> = {},
): SegmentTail {
  if (!ENDPOINT_NAME.test(endpoint)) throw new RangeError(`not an endpoint: ${endpoint}`);
  const folder = path.join(dir, endpoint);
  const offsets = new Map(Object.entries(from));
  const forgotten = new Set<string>();
  let piece = Buffer.allocUnsafe(PIECE_BYTES);

  const readFile = async (file: string, onRecord: OnRecord): Promise<number> => {
    const full = path.join(folder, file);
    let start = offsets.get(file) ?? 0;
    if ((statSync(full, { throwIfNoEntry: false })?.size ?? 0) <= start) return 0;
    const fd = openSync(full, 'r');
    let records = 0;
    try {
      for (;;) {
        const bytes = readSync(fd, piece, 0, piece.length, start);
        const whole = piece.subarray(0, piece.lastIndexOf(LINE_FEED, bytes - 1) + 1);
        if (bytes === 0 || (whole.length === 0 && bytes < piece.length)) return records;
        if (whole.length === 0) piece = Buffer.allocUnsafe(piece.length * 2);
        eachLine(whole, (record, begin, end) => {
          offsets.set(file, start + end);
          if (record === undefined) return;
          records++;
          onRecord(record, { file, offset: start + begin });
        });
        start += whole.length;
        await new Promise(setImmediate);
      }
    } finally {
      closeSync(fd);
    }
  };
  return {
    next: async (onRecord) => {
      let records = 0;
      for (const file of segmentNames(folder)) {
        if (!forgotten.has(file)) records += await readFile(file, onRecord);
      }
      return records;
    },
    positions: () => Object.fromEntries(offsets),
    forget: (file) => {
      offsets.delete(file);
      forgotten.add(file);
    },
  };
}

/** Sorted names of the segment files; none when the folder is missing. */
function segmentNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => SEGMENT_NAME.test(name))
      .sort(bySegment);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Calls back for each whole line of the buffer with where it begins and where the next one does. */
function eachLine(
  lines: Buffer,
  onLine: (record: PredictionRecord | undefined, from: number, end: number) => void,
): void {
  const ends: number[] = [];
  for (let at = lines.indexOf(LINE_FEED); at >= 0; at = lines.indexOf(LINE_FEED, at + 1)) ends.push(at);
  const parsed = parseTogether(lines, ends.length);
  let from = 0;
  for (const [i, end] of ends.entries()) {
    const value = parsed?.[i];
    const record = parsed === undefined ? parsePredictionRecord(lines.toString('utf8', from, end)) : value;
    onLine(isPredictionRecord(record) ? record : undefined, from, end + 1);
    from = end + 1;
  }
}

/**
 * All lines as one list, or undefined where one of them is not JSON. The parser remembers the shape of the
 * element before: it takes two thirds of the time of parsing each line.
 */
function parseTogether(lines: Buffer, count: number): readonly unknown[] | undefined {
  // No line feed stands inside of JSON that JSON.stringify wrote, so each one divides two elements.
  const text = lines.toString(isAscii(lines) ? 'latin1' : 'utf8', 0, lines.length - 1);
  try {
    const parsed = JSON.parse(`[${text.replaceAll('\n', ',')}]`) as readonly unknown[];
    return parsed.length === count ? parsed : undefined;
  } catch {
    return undefined;
  }
}
