import { halfDayLate, type World } from './flights-world.ts';
import type { Change } from './loop-bed.ts';

/**
 * What a model of January meets from February on: it is the mornings that are late, no longer the evenings.
 * `backFrom`: the moment from which on it is as in January.
 */
export function swappedHalves(until: string, backFrom?: string): World {
  const back = backFrom === undefined ? [] : [{ from: backFrom, delay: halfDayLate('evening') }];
  return {
    oneIn: { january: 100, later: 100 },
    until,
    eras: [
      { from: '2001-01-01', delay: halfDayLate('evening') },
      { from: '2001-02-01', delay: halfDayLate('morning') },
      ...back,
    ],
  };
}

/** Criteria over four days, windows that hold enough of what is new, and a canary of some hours. */
export const QUICK_LOOP: readonly Change[] = [
  [
    ['problem', 'criteria'],
    [
      { id: 'ranks-well', metric: 'roc_auc', at_least: 0.1, on: 'test' },
      { id: 'answers', metric: 'error_rate', at_most: '10%', live: true },
      { id: 'still-good', metric: 'roc_auc', over: '4d', at_least: 'test - 0.1', live: true },
    ],
  ],
  [['problem', 'requires'], undefined],
  [['split'], { by: 'time', first_window: '31d', validation: '1d', test: '1d' }],
  [['monitoring'], { outcomes: { key: 'row' }, watch: ['still-good'] }],
  [['retraining'], { when: ['still-good'], windows: ['4 days', 'all'], cooldown: '14d', limit: '2/month' }],
];
