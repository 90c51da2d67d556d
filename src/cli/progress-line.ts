import type { Clock } from '../kernel/clock.ts';
import type { Progress } from '../kernel/progress.ts';
import { printable } from './printable.ts';

/** Where progress goes: standard error. */
export interface ProgressSink {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** Characters in a line; only a terminal's is asked for. */
  readonly columns: number;
}

/** One line that tells how far the work is. */
export interface ProgressLine {
  readonly report: (progress: Progress) => void;
  /** Takes the line away, so that something else can be written; the next report draws it again. */
  readonly clear: () => void;
}

/** A terminal redraws at most 20 times a second: more is not seen and costs the work its time. */
const TTY_EVERY_MS = 50;
/** A log gets at most a line a second. */
const LOG_EVERY_MS = 1_000;

/**
 * The latest line of progress: rewritten in place on a terminal, a line for each change in a log. As text and
 * percentage, never as colour or glyph alone.
 */
export function progressLine(sink: ProgressSink, clock: Pick<Clock, 'monotonic'>): ProgressLine {
  let shown = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    report: (progress) => {
      const text = lineOf(progress);
      const now = clock.monotonic();
      if (text === shown || now - lastMs < (sink.isTTY ? TTY_EVERY_MS : LOG_EVERY_MS)) return;
      shown = text;
      lastMs = now;
      if (!sink.isTTY) return sink.write(`${text}\n`);
      drawn = true;
      sink.write(`\r\u001b[2K${text.slice(0, Math.max(0, sink.columns - 1))}`);
    },
    clear: () => {
      if (drawn) sink.write('\r\u001b[2K');
      drawn = false;
      shown = sink.isTTY ? '' : shown;
    },
  };
}

function lineOf({ text, share }: Progress): string {
  const line = printable(text, { oneLine: true });
  return share === undefined ? line : `${line} ${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
}
