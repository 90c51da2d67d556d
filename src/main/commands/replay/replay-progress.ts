import type { Terminal } from '../../../cli/terminal.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { ReplayStep } from './run-replay.ts';

/** The rate is of so long: it tells what happens now, not what happened on the whole. */
const RATE_OVER_MS = 2_000;

/** Tells how far a replay is: the date that it plays, its rate, and what it waits for. */
export function replayProgress(
  terminal: Pick<Terminal, 'report'>,
  clock: Pick<Clock, 'monotonic'>,
): { readonly step: (step: ReplayStep) => void; readonly waits: (waitsFor: string) => void } {
  let last: ReplayStep | undefined;
  let mark: { readonly now: number; readonly predictions: number } | undefined;
  let rate = '';
  const show = (step: ReplayStep, waitsFor: string | undefined): void => {
    const now = clock.monotonic();
    mark ??= { now, predictions: step.predictions };
    if (now - mark.now >= RATE_OVER_MS) {
      const perSecond = ((step.predictions - mark.predictions) * 1_000) / (now - mark.now);
      rate = `, ${Math.round(perSecond).toLocaleString('en')} predictions/s`;
      mark = { now, predictions: step.predictions };
    }
    const date = new Date(step.at).toISOString().slice(0, 16).replace('T', ' ');
    const waits = waitsFor === undefined ? rate : `, waits for ${waitsFor}`;
    terminal.report({ text: `replay: ${date}${waits}`, share: step.share });
  };
  return {
    step: (step) => {
      last = step;
      show(step, step.waitsFor);
    },
    waits: (waitsFor) => {
      if (last === undefined) terminal.report({ text: `replay: waits for ${waitsFor}` });
      else show(last, waitsFor);
    },
  };
}
