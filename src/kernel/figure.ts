import { z } from 'zod';
import { VERDICTS } from './verdict.ts';

/**
 * How the body of evidence says what can be drawn or tabulated: `body.figures` is a list of figures and
 * `body.criteria` a list of judged criteria. Everything else of a body is shown as nested lists.
 * The board reads the same vocabulary in `ui/src/evidence/figure.ts`; a test compares the two.
 */

/** Most points of one series: beyond it nothing more is seen in 600 pixels, and the body grows. */
const FIGURE_POINTS_MAX = 1000;

/** Most series of one figure: a reader tells no more lines apart. */
const FIGURE_SERIES_MAX = 10;

const name = z.string().min(1).max(120);

/** What an axis measures. `share`: 0..1, shown in percent. `time`: milliseconds UTC. */
const axis = z.strictObject({
  label: name,
  unit: z.string().max(20).exactOptional(),
  scale: z.enum(['number', 'share', 'time']).exactOptional(),
});

/** A bound drawn across the figure, at a value of the y axis (of the value axis for bars). */
const threshold = z.strictObject({ value: z.number(), label: name });

/** A moment drawn as an upright line at a value of the x axis. */
const mark = z.strictObject({
  at: z.number(),
  kind: z.enum(['incident', 'resolved', 'retraining', 'promotion', 'refusal', 'rollback', 'exit']),
  label: name,
});

const head = { title: name, caption: z.string().max(400).exactOptional() };
const point = z.tuple([z.number(), z.number().nullable()]);

/** Values over a number or time, in order of x; null leaves a gap. `band`: [x, low, high], an interval. */
const line = z.strictObject({
  kind: z.literal('line'),
  ...head,
  x: axis,
  y: axis,
  series: z
    .array(
      z.strictObject({
        name,
        points: z.array(point).max(FIGURE_POINTS_MAX),
        band: z
          .array(z.tuple([z.number(), z.number(), z.number()]))
          .max(FIGURE_POINTS_MAX)
          .exactOptional(),
      }),
    )
    .min(1)
    .max(FIGURE_SERIES_MAX),
  thresholds: z.array(threshold).max(5).exactOptional(),
  marks: z.array(mark).max(200).exactOptional(),
});

/** One value for each category of `x`, which is named by `categories`; low and high are an interval. */
const bars = z.strictObject({
  kind: z.literal('bars'),
  ...head,
  x: axis,
  y: axis,
  categories: z.array(z.string().max(200)).min(1).max(FIGURE_POINTS_MAX),
  series: z
    .array(
      z.strictObject({
        name,
        values: z.array(z.number().nullable()).max(FIGURE_POINTS_MAX),
        low: z.array(z.number().nullable()).max(FIGURE_POINTS_MAX).exactOptional(),
        high: z.array(z.number().nullable()).max(FIGURE_POINTS_MAX).exactOptional(),
      }),
    )
    .min(1)
    .max(FIGURE_SERIES_MAX),
  thresholds: z.array(threshold).max(5).exactOptional(),
});

/** Counts between edges: bin i is edges[i] ≤ x < edges[i + 1], so there is one edge more than counts. */
const histogram = z.strictObject({
  kind: z.literal('histogram'),
  ...head,
  x: axis,
  y: axis,
  edges: z
    .array(z.number())
    .min(2)
    .max(FIGURE_POINTS_MAX + 1),
  series: z
    .array(z.strictObject({ name, counts: z.array(z.number().min(0)).max(FIGURE_POINTS_MAX) }))
    .min(1)
    .max(FIGURE_SERIES_MAX),
});

/** Calibration: mean predicted probability of a bin against the observed share of the target. */
const reliability = z.strictObject({
  kind: z.literal('reliability'),
  ...head,
  series: z
    .array(
      z.strictObject({
        name,
        bins: z
          .array(
            z.strictObject({
              predicted: z.number().min(0).max(1),
              observed: z.number().min(0).max(1),
              count: z.number().min(0),
              low: z.number().exactOptional(),
              high: z.number().exactOptional(),
            }),
          )
          .max(FIGURE_POINTS_MAX),
      }),
    )
    .min(1)
    .max(FIGURE_SERIES_MAX),
});

/** Receiver operating characteristic: [false positive rate, true positive rate], from (0,0) to (1,1). */
const roc = z.strictObject({
  kind: z.literal('roc'),
  ...head,
  series: z
    .array(
      z.strictObject({
        name,
        points: z.array(z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)])).max(FIGURE_POINTS_MAX),
        area: z.number().exactOptional(),
      }),
    )
    .min(1)
    .max(FIGURE_SERIES_MAX),
});

/** One figure of an evidence body. */
export const figureSchema = z.discriminatedUnion('kind', [line, bars, histogram, reliability, roc]);
export type Figure = z.infer<typeof figureSchema>;

/** One judged criterion: the value, its interval if there is one, and the bound that it had to hold. */
export const judgedCriterionSchema = z.strictObject({
  id: name,
  metric: name,
  value: z.number().nullable(),
  low: z.number().nullable().exactOptional(),
  high: z.number().nullable().exactOptional(),
  bound: z.strictObject({ at_least: z.number().exactOptional(), at_most: z.number().exactOptional() }),
  verdict: z.enum(VERDICTS),
  unit: z.string().max(20).exactOptional(),
  /** The part of the data that it was measured on; absent: all of it. */
  slice: z.string().max(200).exactOptional(),
});
export type JudgedCriterion = z.infer<typeof judgedCriterionSchema>;
