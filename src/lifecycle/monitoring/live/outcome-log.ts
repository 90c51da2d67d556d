import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { TendError } from '../../../kernel/error.ts';
import { ENDPOINT_NAME } from '../../../serve/endpoint-name.ts';

/** One received outcome as a line of the log. Times are milliseconds UTC. */
export interface LoggedOutcome {
  readonly prediction: string;
  /** Raw outcome columns by name; moments as milliseconds. */
  readonly values: Readonly<Record<string, number | string | boolean>>;
  /** When it happened, as the sender says; null: not said. */
  readonly at: number | null;
  /** Project clock when it was received. */
  readonly receivedAt: number;
}

/** What was received and is not yet sealed, on disk before it is acknowledged. */
export interface OutcomeLog {
  /** Appends and syncs. @throws DISK_FULL, STATE_READ_ONLY, STATE_UNREADABLE; then nothing was taken in. */
  readonly append: (outcomes: readonly LoggedOutcome[]) => Promise<void>;
  /** Name of the file that holds what is not sealed. */
  readonly file: () => string;
  /** The file was sealed: it goes, and the next one begins. */
  readonly sealed: () => void;
  /** What the file held when it was opened, in the order of writing. */
  readonly unsealed: readonly LoggedOutcome[];
  readonly close: () => void;
}

/**
 * Opens `<dir>/<endpoint>/<n>.jsonl`. Files that were sealed before (`sealed`: their names) are removed. A
 * torn last line was never acknowledged and is passed over.
 */
export function openOutcomeLog(dir: string, endpoint: string, sealed: ReadonlySet<string>): OutcomeLog {
  if (!ENDPOINT_NAME.test(endpoint)) throw new RangeError(`not an endpoint: ${endpoint}`);
  const folder = path.join(dir, endpoint);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const numbers = readdirSync(folder)
    .map((name) => /^(\d{1,12})\.jsonl$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const unsealed: LoggedOutcome[] = [];
  let last = -1;
  for (const n of numbers) {
    last = n;
    const full = path.join(folder, fileName(n));
    if (sealed.has(fileName(n))) rmSync(full);
    else unsealed.push(...readLines(full));
  }
  const open = last >= 0 && !sealed.has(fileName(last));
  // A name is used once, also after its file is gone.
  let n = open ? last : Math.max(last, ...[...sealed].map((name) => Number.parseInt(name, 10))) + 1;
  let fd: number | undefined;
  /** Bytes of the file that were acknowledged. */
  let good: number | undefined;

  const opened = (): number => {
    if (fd !== undefined) return fd;
    fd = openSync(path.join(folder, fileName(n)), 'a', 0o600);
    const held = openSync(folder, 'r');
    try {
      fsyncSync(held);
    } finally {
      closeSync(held);
    }
    good ??= fstatSync(fd).size;
    return fd;
  };
  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  return {
    unsealed,
    file: () => fileName(n),
    append: async (outcomes) => {
      const data = Buffer.from(outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''), 'utf8');
      try {
        const to = opened();
        // A line that was torn and could not be taken away must not be continued.
        if (good !== undefined && fstatSync(to).size > good) ftruncateSync(to, good);
        for (let written = 0; written < data.length; ) written += writeSync(to, data, written);
        await sync(to);
        if (good !== undefined) good += data.length;
      } catch (cause) {
        if (fd !== undefined && good !== undefined) cutBack(fd, good);
        close();
        throw logError(cause);
      }
    },
    sealed: () => {
      close();
      rmSync(path.join(folder, fileName(n)), { force: true });
      n++;
      good = undefined;
    },
    close,
  };
}

function fileName(n: number): string {
  return `${String(n).padStart(6, '0')}.jsonl`;
}

function sync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Takes away what a full disk left of an append. Where that fails too, the next append tries again. */
function cutBack(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // A torn last line is passed over when the log is read.
  }
}

function readLines(file: string): LoggedOutcome[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(10) + 1;
  // What follows the last line feed was never acknowledged, and the next append must not continue it.
  if (end < bytes.length) truncateSync(file, end);
  const whole = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  return whole.flatMap((line) => {
    try {
      return [JSON.parse(line) as LoggedOutcome];
    } catch {
      return [];
    }
  });
}

function logError(cause: unknown): TendError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new TendError('DISK_FULL', 'the outcomes could not be recorded: the disk is full', { cause });
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new TendError('STATE_READ_ONLY', 'the outcomes could not be recorded', { cause });
  }
  return new TendError('STATE_UNREADABLE', 'the outcomes could not be recorded', { cause });
}
