import { createHash } from 'node:crypto';
import type { Figure, JudgedCriterion } from '../../src/kernel/figure.ts';
import type { JsonObject } from '../../src/kernel/json.ts';
import type { Stage } from '../../src/kernel/verdict.ts';
import { LOOP_DRAFTS } from './fixture-loop-evidence.ts';

/** An answer of `evidence.show`. */
export interface FixtureEvidence {
  readonly id: string;
  readonly project: string;
  readonly stage: Stage;
  readonly kind: string;
  readonly subject: string;
  readonly verdict: 'pass' | 'fail' | 'info';
  readonly title: string;
  readonly body: JsonObject;
  readonly hash: string;
  readonly createdAt: number;
}

const DAY_MS = 86_400_000;

/** 2 March 2001, 06:00 UTC: the fixture never reads the clock. */
export const FIXTURE_NOW_MS = 983_512_800_000;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Evidence before it has an id. */
export type EvidenceDraft = Pick<FixtureEvidence, 'stage' | 'kind' | 'verdict' | 'title'> & {
  readonly body: JsonObject;
};

function evidence(draft: EvidenceDraft, index: number): FixtureEvidence {
  const id = `ev_${draft.stage}_${index}`;
  return {
    ...draft,
    id,
    project: 'flight-delay',
    subject: sha256(`subject ${id}`),
    hash: sha256(id),
    createdAt: FIXTURE_NOW_MS - (20 - index) * 3_600_000,
  };
}

const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const boosting: Figure = {
  kind: 'line',
  title: 'Area under the ROC curve by boosting round',
  caption: 'Validation stops improving near round 120; the model keeps the best round.',
  x: { label: 'Round' },
  y: { label: 'ROC AUC' },
  series: [
    {
      name: 'train',
      points: steps(30).map((i): [number, number] => [i * 5, 0.61 + 0.13 * (1 - Math.exp(-i / 7))]),
    },
    {
      name: 'validation',
      points: steps(30).map((i): [number, number] => [
        i * 5,
        0.6 + 0.1 * (1 - Math.exp(-i / 5)) - i * 0.0003,
      ]),
      band: steps(30).map((i): [number, number, number] => {
        const value = 0.6 + 0.1 * (1 - Math.exp(-i / 5)) - i * 0.0003;
        return [i * 5, value - 0.008, value + 0.008];
      }),
    },
  ],
};

const rocFigure: Figure = {
  kind: 'roc',
  title: 'ROC on the test week',
  series: [
    {
      name: 'candidate',
      area: 0.703,
      points: steps(41).map((i): [number, number] => [i / 40, (i / 40) ** 0.42]),
    },
    {
      name: 'baseline',
      area: 0.62,
      points: steps(41).map((i): [number, number] => [i / 40, (i / 40) ** 0.62]),
    },
  ],
};

const reliabilityFigure: Figure = {
  kind: 'reliability',
  title: 'Calibration',
  caption: 'Bars are 95 % Wilson intervals; the area of a dot follows the rows in its bin.',
  series: [
    {
      name: 'candidate',
      bins: steps(9).map((i) => {
        const predicted = 0.06 + i * 0.1;
        const observed = predicted + 0.035 * Math.sin(i * 1.4);
        const count = Math.round(4200 * Math.exp(-i / 2.2)) + 40;
        const half = 1.1 / Math.sqrt(count);
        return {
          predicted,
          observed,
          count,
          low: Math.max(0, observed - half),
          high: Math.min(1, observed + half),
        };
      }),
    },
  ],
};

const slices: Figure = {
  kind: 'bars',
  title: 'ROC AUC by origin',
  x: { label: 'Origin' },
  y: { label: 'ROC AUC' },
  categories: ['ATL', 'ORD', 'DFW', 'LAX', 'PHX', 'all other origins'],
  series: [
    {
      name: 'candidate',
      values: [0.712, 0.694, 0.701, 0.688, 0.665, 0.706],
      low: [0.7, 0.68, 0.689, 0.672, 0.641, 0.701],
      high: [0.724, 0.708, 0.713, 0.704, 0.689, 0.711],
    },
  ],
  thresholds: [{ value: 0.66, label: 'at least 0.66' }],
};

const delays: Figure = {
  kind: 'histogram',
  title: 'Delay at arrival',
  x: { label: 'Delay', unit: 'min' },
  y: { label: 'Flights' },
  edges: steps(25).map((i) => -30 + i * 6),
  series: [
    {
      name: 'January',
      counts: steps(24).map((i) => Math.round(9000 * Math.exp(-((i - 5) ** 2) / 14)) + 120),
    },
    {
      name: 'February',
      counts: steps(24).map((i) => Math.round(8200 * Math.exp(-((i - 6.4) ** 2) / 20)) + 150),
    },
  ],
};

const liveAuc: Figure = {
  kind: 'line',
  title: 'Live ROC AUC, 7 days at a time',
  x: { label: 'Event time', scale: 'time' },
  y: { label: 'ROC AUC' },
  series: [
    {
      name: 'champion',
      points: steps(16).map((i): [number, number | null] => [
        FIXTURE_NOW_MS - (16 - i) * DAY_MS,
        i === 6 ? null : 0.705 - (i > 9 ? (i - 9) * 0.006 : 0) + 0.004 * Math.sin(i * 2),
      ]),
    },
  ],
  thresholds: [{ value: 0.683, label: 'test − 0.02' }],
};

const criteria: readonly JudgedCriterion[] = [
  {
    id: 'ranks-well',
    metric: 'roc_auc',
    value: 0.7031,
    low: 0.6978,
    high: 0.7085,
    bound: { at_least: 0.66 },
    verdict: 'pass',
  },
  {
    id: 'beats-simple',
    metric: 'roc_auc',
    value: 0.7031,
    low: 0.6978,
    high: 0.7085,
    bound: { at_least: 0.65 },
    verdict: 'pass',
  },
  {
    id: 'fair',
    metric: 'disparate_impact',
    slice: 'hub_class',
    value: 0.57,
    low: 0.52,
    high: 0.63,
    bound: { at_least: 0.6 },
    verdict: 'fail',
  },
  { id: 'fast', metric: 'latency_p99', value: 3.4, unit: 'ms', bound: { at_most: 50 }, verdict: 'pass' },
  { id: 'still-good', metric: 'roc_auc', value: null, bound: { at_least: 0.683 }, verdict: 'waiting' },
];

const drafts: readonly EvidenceDraft[] = [
  {
    stage: 'problem',
    kind: 'declaration',
    verdict: 'pass',
    title: 'The problem is stated with 6 measurable criteria',
    body: {
      statement: 'Tell the gate, at push-back, which flights will arrive more than 15 minutes late.',
      objective: 'Fewer missed connections.',
      stakeholders: { owner: 'ops-analytics', business: 'gate-control', data: 'ingest-team' },
      risk: { level: 'minimal', reason: 'No person is scored.' },
      requires: {
        rows: 100_000,
        columns: ['date', 'delay', 'distance', 'origin', 'destination'],
        freshWithin: '45d',
      },
    },
  },
  {
    stage: 'data',
    kind: 'contract',
    verdict: 'pass',
    title: 'flights: 6 of 6 checks hold on 487 212 rows',
    body: {
      dataset: 'flights',
      rows: 487_212,
      partitions: 2,
      checks: [
        { check: 'origin not null', severity: 'fail', violations: 0, share: 0, verdict: 'pass' },
        { check: 'distance between 10 and 6000', severity: 'fail', violations: 0, share: 0, verdict: 'pass' },
        {
          check: 'delay between -90 and 1500',
          severity: 'quarantine',
          violations: 14,
          share: 0.0000287,
          verdict: 'pass',
        },
      ],
      figures: [delays],
      schema: {
        date: { type: 'timestamp', nulls: 0 },
        delay: { type: 'int16', nulls: 0 },
        origin: { type: 'string', nulls: 0 },
      },
    },
  },
  {
    stage: 'training',
    kind: 'run',
    verdict: 'pass',
    title: 'trees, best of 8 trials',
    body: {
      engine: 'builtin',
      seed: 7,
      rounds: 118,
      trainingRows: 312_804,
      validationRocAuc: 0.6987,
      parameters: { learningRate: 0.08, leaves: 63, minRowsInLeaf: 120 },
      environment: { node: '26.10.0', cores: 2 },
      figures: [boosting],
    },
  },
  {
    stage: 'evaluation',
    kind: 'criteria',
    verdict: 'fail',
    title: 'v3 misses 1 of 5 criteria: fair',
    body: {
      criteria: criteria,
      rows: 61_402,
      figures: [slices, rocFigure, reliabilityFigure],
      raw: {
        confusion: [
          [41_000, 6000],
          [5200, 9202],
        ],
        cutOff: 0.3,
      },
    },
  },
  ...['unit', 'integration', 'coverage', 'performance', 'load', 'privacy', 'security', 'bias'].map(
    (kind): EvidenceDraft => ({
      stage: 'testing',
      kind,
      verdict: 'pass',
      title: `${kind.charAt(0).toUpperCase()}${kind.slice(1)} holds`,
      body: { tests: 12, failed: 0, durationMs: 840, createdAt: FIXTURE_NOW_MS },
    }),
  ),
  {
    stage: 'monitoring',
    kind: 'monitor',
    verdict: 'info',
    title: 'still-good over the last 7 days',
    body: { predictions: 118_204, withOutcome: 0.93, figures: [liveAuc] },
  },
];

/** Evidence of the fixture's first project, of every kind of body that the board can show. */
export const FIXTURE_EVIDENCE: readonly FixtureEvidence[] = [...drafts, ...LOOP_DRAFTS].map(evidence);
