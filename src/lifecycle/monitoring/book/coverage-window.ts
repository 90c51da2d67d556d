import { durationMs } from '../../../kernel/schema.ts';
import type { Criterion } from '../../problem/index.ts';
import { labelledRows } from './labelled-rows.ts';
import { COVERAGE_MIN, isOutcomeCriterion, OUTCOME_OVER, type OutcomeOptions } from './outcome-window.ts';
import type { Traffic } from './traffic.ts';
import type { TimeWindow, WindowReport } from './window-report.ts';

const DAY_MS = 86_400_000;

/** Fewer predictions, and a share of them says nothing. */
const ROWS_MIN = 100;

/**
 * How many outcomes of the predictions of a window are known, of all releases. It fails where criteria need
 * outcomes and fewer than half came: these criteria are then open, and somebody should know.
 */
export function coverageReport(
  criteria: readonly Criterion[],
  options: OutcomeOptions,
  traffic: Traffic,
  at: number,
): WindowReport {
  const needing = criteria.filter(isOutcomeCriterion);
  const overs = needing.map((criterion) => durationMs(criterion.over ?? OUTCOME_OVER));
  const overMs = overs.length === 0 ? durationMs(OUTCOME_OVER) : Math.max(...overs);
  const window = { from: at - overMs, to: at };
  const shares = traffic.shares(window);
  const days = daysOf(window).map((day) => ({ ...day, ...countsOf(options, traffic, day) }));
  const predictions = days.reduce((sum, day) => sum + day.predictions, 0);
  const outcomes = days.reduce((sum, day) => sum + day.outcomes, 0);
  const coverage = predictions === 0 ? null : outcomes / predictions;
  const full = traffic.since <= window.from + DAY_MS / 2;
  const enough = coverage !== null && coverage >= COVERAGE_MIN;
  const judged = predictions >= ROWS_MIN && full && needing.length > 0;
  const percent =
    coverage === null ? 'No predictions' : `${(100 * coverage).toFixed(1)} % of the outcomes are known`;
  return {
    monitor: 'outcomes',
    ...window,
    verdict: enough ? 'pass' : judged ? 'fail' : 'open',
    value: coverage,
    bound: COVERAGE_MIN,
    release: shares[0]?.hash ?? null,
    title: `${percent}; ${predictions.toLocaleString('en')} predictions`,
    body: {
      predictions,
      outcomes,
      figures: [
        {
          kind: 'bars',
          title: 'Outcomes that are known, by day of the prediction',
          x: { label: 'day' },
          y: { label: 'share', scale: 'share' },
          categories: days.map((day) => new Date(day.from).toISOString().slice(0, 10)),
          series: [
            {
              name: 'known',
              values: days.map((day) => (day.predictions === 0 ? null : day.outcomes / day.predictions)),
            },
          ],
          thresholds: [{ value: COVERAGE_MIN, label: 'needed' }],
        },
      ],
    },
  };
}

/** The days of a window, the last ones ending with it; at most 60, a picture holds no more. */
function daysOf({ from, to }: TimeWindow): TimeWindow[] {
  const days: TimeWindow[] = [];
  const step = Math.max(DAY_MS, (to - from) / DAYS_MAX);
  for (let end = to; end > from; end -= step) days.unshift({ from: Math.max(end - step, from), to: end });
  return days;
}

const DAYS_MAX = 60;

function countsOf(options: OutcomeOptions, traffic: Traffic, window: TimeWindow) {
  let predictions = 0;
  let outcomes = 0;
  for (const { place } of traffic.shares(window)) {
    const days = traffic.days(window);
    const rows = labelledRows({
      ...window,
      days,
      release: place,
      kind: options.kind,
      slicings: 0,
      rows: 'known',
    });
    predictions += rows.predictions;
    outcomes += rows.target.length;
  }
  return { predictions, outcomes };
}
