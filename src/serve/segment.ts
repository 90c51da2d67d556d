import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { ENDPOINT_NAME } from './endpoint-name.ts';
import { TendError } from '../kernel/error.ts';

/** A segment is sealed beyond this: small enough to ship and compact as one piece. */
export const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
/** An acknowledged prediction outlives a kill at once and a loss of power after at most this. */
export const SYNC_WITHIN_MS = 200;

const DAY_MS = 86_400_000;

interface OpenSegment {
  readonly fd: number;
  readonly dayNumber: number;
  bytes: number;
}

/** Which segments to write. */
export interface SegmentWriterOptions {
  /** `<state>/segments`. */
  readonly dir: string;
  readonly endpoint: string;
  readonly worker: number;
  readonly bytesMax?: number;
  /** A failed fdatasync: what was acknowledged may be lost, so the process must end rather than go on. */
  readonly onSyncError: (error: unknown) => void;
}

/**
 * The append-only files `<dir>/<endpoint>/<yyyymmdd>-<worker>-<n>.jsonl` of one endpoint and worker. A worker
 * never appends to a file of an earlier life, so a line that a kill has torn stays the last of its file. A
 * new file begins with a new UTC day and beyond `bytesMax`.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #folder: string;
  #open: OpenSegment | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SegmentWriterOptions) {
    if (!ENDPOINT_NAME.test(options.endpoint)) throw new RangeError(`not an endpoint: ${options.endpoint}`);
    this.#options = options;
    this.#folder = path.join(options.dir, options.endpoint);
  }

  /**
   * Appends whole lines (each ending in a line feed) in one write. When it returns, the lines survive the
   * death of the process. @param at arrival, milliseconds UTC: decides the day of the file
   * @throws DISK_FULL, STATE_READ_ONLY or STATE_UNREADABLE; then none of the lines stands in the file
   */
  append(lines: string, at: number): void {
    const data = Buffer.from(lines, 'utf8');
    try {
      this.#write(this.#segmentOf(at), data);
    } catch (error) {
      throw segmentError(error);
    }
    this.#timer ??= setTimeout(() => this.#syncLater(), SYNC_WITHIN_MS);
  }

  /** Makes everything durable and closes the file. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const segment = this.#open;
    if (segment === undefined) return;
    this.#open = undefined;
    try {
      fdatasyncSync(segment.fd);
      closeSync(segment.fd);
    } catch (error) {
      this.#options.onSyncError(error);
    }
  }

  #segmentOf(at: number): OpenSegment {
    const dayNumber = Math.floor(at / DAY_MS);
    const bytesMax = this.#options.bytesMax ?? SEGMENT_BYTES_MAX;
    const open = this.#open;
    if (open !== undefined && open.dayNumber === dayNumber && open.bytes < bytesMax) return open;
    this.close();
    const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
    this.#open = { fd: openNext(this.#folder, day, this.#options.worker), dayNumber, bytes: 0 };
    return this.#open;
  }

  /** A write may stop half way when the disk fills up; what it left is cut off again. */
  #write(segment: OpenSegment, data: Buffer): void {
    let written = 0;
    try {
      while (written < data.length) {
        written += writeSync(segment.fd, data, written, data.length - written);
      }
    } catch (error) {
      if (written > 0) this.#cutBack(segment);
      throw error;
    }
    segment.bytes += data.length;
  }

  #cutBack(segment: OpenSegment): void {
    try {
      ftruncateSync(segment.fd, segment.bytes);
    } catch {
      // The torn line then stays the last of its file, where readers expect one.
      this.close();
    }
  }

  #syncLater(): void {
    const segment = this.#open;
    this.#timer = undefined;
    if (segment === undefined) return;
    fdatasync(segment.fd, (error) => {
      // A segment closed meanwhile was synced by close(); its number may already name another file.
      if (error !== null && this.#open === segment) this.#options.onSyncError(error);
    });
  }
}

/** Creates the next file of the day and makes its name durable. */
function openNext(folder: string, day: string, worker: number): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const prefix = `${day}-${worker}-`;
  let n = 0;
  for (const name of readdirSync(folder)) {
    const parsed = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (parsed >= n) n = parsed + 1;
  }
  for (;;) {
    try {
      const fd = openSync(path.join(folder, `${prefix}${n}.jsonl`), 'ax', 0o600);
      const dir = openSync(folder, 'r');
      fsyncSync(dir);
      closeSync(dir);
      return fd;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      n++;
    }
  }
}

function segmentError(error: unknown): TendError {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new TendError('DISK_FULL', 'the prediction could not be recorded: the disk is full', {
      cause: error,
    });
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new TendError('STATE_READ_ONLY', 'the prediction could not be recorded', { cause: error });
  }
  return new TendError('STATE_UNREADABLE', 'the prediction could not be recorded', { cause: error });
}
