import pc from 'picocolors';
import type { Clock } from '../kernel/clock.ts';
import type { ReportProgress } from '../kernel/progress.ts';
import { printable } from './printable.ts';
import { progressLine } from './progress-line.ts';

/** One of the two streams a command writes to. */
export interface OutputStream {
  readonly write: (text: string) => unknown;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** What the command line has of the world; `main` gives the real ones. */
export interface CliStreams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command speaks. Data goes to standard output, everything else to standard error. */
export interface Terminal {
  /** True with `--json`: then `print` is silent, since only the result belongs on standard output. */
  readonly json: boolean;
  /** Columns of standard output; Infinity where it is piped. */
  readonly width: number;
  readonly colors: Colors;
  /** A line for the reader on standard output. The caller has made foreign text `printable`. */
  readonly print: (line: string) => void;
  /** A line on standard error, whether or not `--json` is on. */
  readonly note: (line: string) => void;
  readonly warn: (message: string) => void;
  readonly report: ReportProgress;
  /** Takes the progress line away before the process ends. */
  readonly end: () => void;
}

/** The terminal of one command. */
export function openTerminal(
  streams: CliStreams,
  options: { readonly json: boolean; readonly color: boolean },
  clock: Pick<Clock, 'monotonic'>,
): Terminal {
  const { stdout, stderr } = streams;
  const colors = pc.createColors(options.color);
  const progress = progressLine(
    { write: (text) => void stderr.write(text), isTTY: stderr.isTTY, columns: stderr.columns },
    clock,
  );
  const note = (line: string): void => {
    progress.clear();
    stderr.write(`${line}\n`);
  };
  return {
    json: options.json,
    width: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
    colors,
    print: (line) => {
      if (options.json) return;
      progress.clear();
      stdout.write(`${line}\n`);
    },
    note,
    warn: (message) => note(`${colors.yellow('warning:')} ${printable(message)}`),
    report: progress.report,
    end: progress.clear,
  };
}

/** Whether to colour: a flag decides, then NO_COLOR (no-color.org), then FORCE_COLOR, then the terminal. */
export function wantsColor(
  flag: boolean | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  stream: OutputStream,
): boolean {
  if (flag !== undefined) return flag;
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY && environment['TERM'] !== 'dumb';
}
