import type { Candidate } from '../api/answer.ts';
import type { BarsFigure } from '../evidence/figure.ts';

/**
 * What all candidates of a retraining came to against the champion: differences with their intervals around
 * the line at zero. Undefined where none was compared. `own` comes first.
 */
export function comparisonFigure(own: Candidate, round: readonly Candidate[]): BarsFigure | undefined {
  const others = round.filter(({ id, retraining }) => id !== own.id && retraining === own.retraining);
  const compared = [own, ...others].flatMap((candidate) => {
    const { comparison } = candidate;
    return comparison === null ? [] : [{ candidate, comparison }];
  });
  const [first] = compared;
  if (first === undefined) return undefined;
  const { metric, rows, champion } = first.comparison;
  return {
    kind: 'bars',
    title: `Difference from the champion (v${champion}) in ${metric}`,
    caption:
      `Paired, with 95 % intervals, on ${rows.toLocaleString('en')} rows that neither has seen. ` +
      'A candidate is promoted only if its interval lies wholly on the better side of zero.',
    x: { label: 'Candidate' },
    y: { label: `Difference in ${metric}` },
    categories: compared.map(({ candidate: { version, window } }) =>
      version === null ? window : `v${version}, ${window}`,
    ),
    series: [
      {
        name: 'difference',
        values: compared.map(({ comparison }) => comparison.difference.value),
        low: compared.map(({ comparison }) => comparison.difference.low),
        high: compared.map(({ comparison }) => comparison.difference.high),
      },
    ],
    thresholds: [{ value: 0, label: 'no difference' }],
  };
}
