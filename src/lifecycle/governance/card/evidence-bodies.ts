import { z } from 'zod';
import type { Evidence } from '../../../store/evidence.ts';

/**
 * What documents read of the bodies of evidence. A body that is otherwise has nothing to say, and the
 * document states it as such.
 */
const number = z.number().nullish();
const bounds = z
  .object({ from: z.number(), validation: z.number(), test: z.number(), to: z.number() })
  .nullish();
const interval = z.object({ value: number, low: number, high: number });
const figures = z.array(z.unknown()).optional();

/** A judged criterion as evidence holds it. */
export const judgedBody = z.object({
  id: z.string(),
  metric: z.string(),
  value: number,
  low: number,
  high: number,
  bound: z.object({ at_least: z.number().optional(), at_most: z.number().optional() }),
  verdict: z.string(),
  unit: z.string().optional(),
  slice: z.string().optional(),
});

/** `problem-statement` */
export const problemBody = z.object({
  owner: z.string(),
  kind: z.string(),
  statement: z.string(),
  objective: z.string().optional(),
  stakeholders: z.record(z.string(), z.string()).optional(),
  risk: z.object({ level: z.string(), reason: z.string() }).optional(),
  baseline: z.record(z.string(), z.json()).optional(),
  promises: z.array(z.record(z.string(), z.json())),
});

/** `training-run` */
export const trainingBody = z.object({
  rows: z.object({ train: z.number(), validation: z.number(), test: z.number() }).optional(),
  bounds,
  seed: number,
  best: z.record(z.string(), z.json()).nullish(),
  export: z.object({ largest_difference: number }).optional(),
  code: z.object({ commit: z.string().nullish(), dirty: z.boolean().nullish() }).optional(),
  environment: z.record(z.string(), z.json()).optional(),
  trials: z.array(z.unknown()).optional(),
});

/** `performance` */
export const performanceBody = z.object({
  rows: number,
  bounds,
  criteria: z.array(judgedBody),
  model: z.record(z.string(), interval),
  baseline: z.object({ is: z.json(), figures: z.record(z.string(), interval) }).optional(),
  figures,
});

/** `slices` */
export const slicesBody = z.object({
  by: z.string(),
  metric: z.string(),
  slices: z.array(interval.extend({ level: z.string().nullable(), rows: z.number() })),
  not_shown: z.number().optional(),
  figures,
});

/** `explanation` */
export const explanationBody = z.object({
  permutation: z.array(z.object({ input: z.string(), drop: number, mean_absolute_contribution: number })),
  metric: z.string(),
  figures,
});

/** `test-…` */
export const testBody = z.object({
  test: z.string(),
  cases: z.array(z.object({ name: z.string(), passed: z.boolean(), detail: z.string() })),
  criteria: z.array(judgedBody),
  measured: z.record(z.string(), z.json()),
  notes: z.string().optional(),
});

const partition = z.object({
  name: z.string(),
  from: number,
  to: number,
  rows: z.number(),
  quarantinedRows: z.number().optional(),
  contentHash: z.string(),
  blob: z.string(),
  refused: z.string().nullish(),
  received: z.boolean().optional(),
});

/** `dataset-version`; `source`: the file that was read, with the hash of its bytes. */
export const datasetBody = z.object({
  dataset: z.string(),
  rows: z.number(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  partitions: z.array(partition),
  source: z.object({ uri: z.string(), hash: z.string().nullable() }).nullish(),
  figures,
});

/** `feature-set` */
export const featuresBody = z.object({
  source: z.string(),
  target: z.string(),
  definition: z.object({
    fields: z.array(z.object({ name: z.string(), type: z.string() })),
    features: z.array(z.object({ name: z.string(), type: z.string() })),
  }),
  inputs: z.array(z.object({ name: z.string(), type: z.string() })),
});

const quality = z.object({ rule: z.string(), severity: z.string(), verdict: z.string(), rows: z.number() });

/** `data-checks` */
export const checksBody = z.object({
  dataset: z.string(),
  partition,
  checks: z.array(quality),
  profile: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      rows: z.number(),
      nulls: z.number(),
      distinct: z.number(),
      min: z.union([z.number(), z.string()]).optional(),
      max: z.union([z.number(), z.string()]).optional(),
      mean: z.number().optional(),
    }),
  ),
});

/** `gate`; `under`: the approval given before that holds for this release too. */
export const gateBody = z.object({
  approval: z.object({ by: z.string(), under: z.string().optional() }).nullish(),
  criteria: z.array(judgedBody),
});

/** `comparison` */
export const comparisonBody = z.object({
  metric: z.string(),
  level: z.number().optional(),
  judged: z.object({ from: number, to: number, rows: z.number() }).optional(),
  champion: z.object({ version: z.number(), figure: interval }).optional(),
  candidates: z.array(
    z.object({
      window: z.string(),
      version: z.number().nullish(),
      figure: interval,
      difference: interval,
      verdict: z.string(),
    }),
  ),
});

/** A body that is what it is taken for, with the id of its evidence. */
export interface Known<T> {
  readonly id: string;
  readonly title: string;
  readonly verdict: Evidence['verdict'];
  readonly body: T;
}

/** Evidence of a kind, oldest first, whose bodies can be read. */
export function knownEvidence<T>(
  evidence: readonly Evidence[],
  kind: string | RegExp,
  schema: z.ZodType<T>,
): Known<T>[] {
  return evidence.flatMap((one) => {
    const wanted = typeof kind === 'string' ? one.kind === kind : kind.test(one.kind);
    const parsed = wanted ? schema.safeParse(one.body) : undefined;
    if (parsed?.success !== true) return [];
    return [{ id: one.id, title: one.title, verdict: one.verdict, body: parsed.data }];
  });
}

/** The newest evidence of a kind: a stage that was carried out again says what holds. */
export function newestEvidence<T>(
  evidence: readonly Evidence[],
  kind: string,
  schema: z.ZodType<T>,
): Known<T> | undefined {
  return knownEvidence(evidence, kind, schema).at(-1);
}
