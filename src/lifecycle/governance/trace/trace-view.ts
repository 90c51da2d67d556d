import { z } from 'zod';

const moment = z.int().nullable();
const values = z.record(z.string(), z.json());

const dataset = z.object({
  dataset: z.string(),
  hash: z.string(),
  rows: z.int(),
  createdAt: z.int(),
  source: z
    .object({ uri: z.string(), hash: z.string().nullable().describe('SHA-256 of the file that was read.') })
    .nullable(),
  partitions: z.array(
    z.object({
      name: z.string(),
      rows: z.int(),
      content: z.string().describe('Hash of the canonical rows.'),
      blob: z.string().describe('The Parquet file that holds them.'),
      setAside: z.string().nullable().describe('Why it is no part of the version; null: it is.'),
    }),
  ),
});

/** One prediction back to what it came from, and on to what became of it. */
export const traceView = z
  .object({
    project: z.string(),
    prediction: z.object({
      id: z.string(),
      key: z.union([z.string(), z.number()]).nullable(),
      at: z.int().describe('Arrival of the request, wall time.'),
      eventTime: z.int(),
      endpoint: z.string(),
      prediction: z.number().nullable(),
      latencyUs: z.number(),
      fields: values,
      features: values,
      lies: z.object({
        segment: z.string().nullable(),
        part: z.string().nullable(),
        blob: z.string().nullable(),
      }),
      tables: z.array(z.object({ table: z.string(), boundary: z.int() })),
    }),
    outcome: z
      .object({
        target: z.number().nullable(),
        setAside: z.string().nullable().describe('The rule that kept it out of the data.'),
        receivedAt: moment,
        blob: z.string().nullable(),
        row: z
          .object({
            dataset: z.string(),
            row: z.int(),
            partition: z.string().nullable(),
            version: z.string().nullable(),
          })
          .nullable()
          .describe('The row of the dataset that it became, and the newest version if that holds it.'),
      })
      .nullable(),
    release: z
      .object({
        hash: z.string(),
        version: z.string(),
        spec: z.string().nullable(),
        codeCommit: z.string().nullable(),
        createdAt: z.int(),
      })
      .nullable(),
    model: z
      .object({
        name: z.string(),
        version: z.int(),
        file: z.string().nullable(),
        createdAt: z.int(),
        candidate: z
          .object({ retraining: z.string(), window: z.string(), state: z.string(), reason: z.string() })
          .nullable(),
      })
      .nullable(),
    run: z
      .object({
        id: z.string(),
        startedAt: moment,
        endedAt: moment,
        params: values,
        code: z.json().nullable(),
        bounds: z.json().nullable(),
        features: z.string().nullable(),
        digest: z.string().nullable(),
      })
      .nullable(),
    data: dataset.nullable(),
    approvals: z.array(
      z.object({
        id: z.string(),
        gate: z.string(),
        state: z.string(),
        by: z.string(),
        author: z.string(),
        decidedBy: z.string().nullable(),
        comment: z.string().nullable(),
        decidedAt: moment,
        own: z.boolean().describe('Asked for this very release; else given before and holding on.'),
      }),
    ),
    evidence: z.array(
      z.object({
        id: z.string(),
        stage: z.string(),
        kind: z.string(),
        verdict: z.enum(['pass', 'fail', 'info']),
        title: z.string(),
        hash: z.string(),
        createdAt: z.int(),
      }),
    ),
    ledger: z.array(
      z.object({
        chain: z.string(),
        seq: z.int(),
        at: z.int(),
        actor: z.string(),
        action: z.string(),
        subject: z.string(),
        hash: z.string(),
      }),
    ),
  })
  .meta({ id: 'Trace' });

export type Trace = z.output<typeof traceView>;
