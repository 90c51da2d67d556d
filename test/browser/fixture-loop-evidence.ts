import type { Figure, JudgedCriterion } from '../../src/kernel/figure.ts';
import type { EvidenceDraft } from './fixture-evidence.ts';

const DAY_MS = 86_400_000;
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

/** Moments of the fixture's life after deployment. */
export const LOOP_AT = {
  deployed: day('2001-02-01'),
  opened: day('2001-03-19'),
  retrained: day('2001-03-19'),
  promoted: day('2001-03-21'),
  resolved: day('2001-04-02'),
  exited: day('2001-04-05'),
  setAside: day('2001-05-11'),
  now: day('2001-06-14'),
} as const;

/** Daily values of the live metric: good, sinking in March, well after the promotion; a gap in February. */
function liveValue(at: number): number | null {
  if (at > day('2001-02-10') && at < day('2001-02-13')) return null;
  const wave = 0.006 * Math.sin(at / DAY_MS / 3);
  if (at < day('2001-03-05')) return 0.702 + wave;
  if (at < LOOP_AT.promoted) return 0.702 - ((at - day('2001-03-05')) / (16 * DAY_MS)) * 0.034 + wave;
  return 0.697 + wave;
}

const days = Array.from(
  { length: (LOOP_AT.now - LOOP_AT.deployed) / DAY_MS - 7 },
  (_, i) => LOOP_AT.deployed + (i + 8) * DAY_MS,
);

/** What `projects.timeline` answers. */
export const TIMELINE: Figure = {
  kind: 'line',
  title: 'still-good: roc_auc over 7 days',
  caption: 'Each point is the 7 days before it, with its 95 % interval.',
  x: { label: 'Project clock', scale: 'time' },
  y: { label: 'ROC AUC' },
  series: [
    {
      name: 'roc_auc',
      points: days.map((at): [number, number | null] => [at, liveValue(at)]),
      band: days.flatMap((at): [number, number, number][] => {
        const value = liveValue(at);
        return value === null ? [] : [[at, value - 0.009, value + 0.009]];
      }),
    },
  ],
  thresholds: [{ value: 0.683, label: 'test − 0.02' }],
  marks: [
    {
      at: LOOP_AT.opened,
      kind: 'incident',
      label: 'still-good fails: roc_auc 0.674 over 7 days, at least 0.683',
    },
    { at: LOOP_AT.retrained, kind: 'retraining', label: 'retraining: still-good' },
    {
      at: LOOP_AT.retrained + DAY_MS,
      kind: 'refusal',
      label: 'all refused: fair: disparate_impact 0.55 is below 0.6',
    },
    { at: LOOP_AT.promoted, kind: 'promotion', label: 'version 3 took over' },
    { at: LOOP_AT.resolved, kind: 'resolved', label: 'still-good holds again' },
    { at: LOOP_AT.exited, kind: 'exit', label: 'version flight-delay@0 retired' },
    {
      at: LOOP_AT.setAside,
      kind: 'incident',
      label: '3 received rows set aside: delay between -90 and 1500',
    },
  ],
};

const differences: Figure = {
  kind: 'bars',
  title: 'Difference from the champion on rows that neither has seen',
  x: { label: 'window' },
  y: { label: 'roc_auc' },
  categories: ['all'],
  series: [{ name: 'difference', values: [-0.0021], low: [-0.0049], high: [0.0007] }],
  thresholds: [{ value: 0, label: 'no difference' }],
};

const gateCriteria: readonly JudgedCriterion[] = [
  {
    id: 'ranks-well',
    metric: 'roc_auc',
    value: 0.688,
    low: 0.683,
    high: 0.6935,
    bound: { at_least: 0.66 },
    verdict: 'pass',
  },
  {
    id: 'fair',
    metric: 'disparate_impact',
    slice: 'hub_class',
    value: 0.55,
    low: 0.5,
    high: 0.59,
    bound: { at_least: 0.6 },
    verdict: 'fail',
  },
];

/** Bounds of a split, as a run records them. */
const bounds = (from: string, to: string) => ({
  from: day(from),
  validation: day(to) - 13 * DAY_MS,
  test: day(to) - 7 * DAY_MS,
  to: day(to),
});

/** Evidence of the loop; its ids follow from its place in the list of all evidence. */
export const LOOP_DRAFTS: readonly EvidenceDraft[] = [
  {
    stage: 'monitoring',
    kind: 'live-criterion',
    verdict: 'fail',
    title: 'still-good fails: roc_auc 0.674 over 7 days, at least 0.683',
    body: {
      monitor: 'criterion:still-good',
      from: LOOP_AT.opened - 7 * DAY_MS,
      to: LOOP_AT.opened,
      labelCoverage: 0.97,
      criteria: [
        {
          id: 'still-good',
          metric: 'roc_auc',
          value: 0.674,
          low: 0.667,
          high: 0.681,
          bound: { at_least: 0.683 },
          verdict: 'fail',
        },
      ],
      figures: [TIMELINE],
    },
  },
  {
    stage: 'monitoring',
    kind: 'rows-set-aside',
    verdict: 'fail',
    title: '3 received rows set aside: delay between -90 and 1500',
    body: {
      dataset: 'flights',
      rule: 'delay between -90 and 1500',
      rows: 3,
      samples: [
        { row: 2_114_507, delay: 1799, origin: 'ORD', destination: 'ATL' },
        { row: 2_114_912, delay: -1302, origin: 'DFW', destination: 'PHX' },
      ],
    },
  },
  {
    stage: 'retraining',
    kind: 'comparison',
    verdict: 'info',
    title: 'roc_auc on 96,114 unseen rows: version 1 0.6741, all 0.6720 (open), 1 month 0.6932 (better)',
    body: {
      metric: 'roc_auc',
      judged: { from: LOOP_AT.retrained - 7 * DAY_MS, to: LOOP_AT.retrained, rows: 96_114 },
      champion: { version: 1, trained: bounds('2001-01-01', '2001-02-01') },
      candidates: [
        { window: 'all', version: 2, trained: bounds('2001-01-01', '2001-03-19') },
        { window: '1 month', version: 3, trained: bounds('2001-02-19', '2001-03-19') },
      ],
    },
  },
  {
    stage: 'retraining',
    kind: 'refusal',
    verdict: 'fail',
    title: 'Version 2 (all) was refused: fair: disparate_impact 0.55 is below 0.6',
    body: { window: 'all', version: 2, criteria: gateCriteria, figures: [differences] },
  },
  {
    stage: 'decommissioning',
    kind: 'certificate',
    verdict: 'pass',
    title: 'flight-delay@1 has left: archived, restored from the archive alone, erased',
    body: { predictionsCompared: 1000, greatestDifference: 0, blobsErased: 4 },
  },
];
