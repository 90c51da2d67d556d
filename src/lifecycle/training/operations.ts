import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import type { Database } from '../../store/database.ts';
import { listVersions } from './registry-store.ts';
import { historyBuckets } from './tracking/metric-history.ts';
import { readRunInfo } from './tracking/run-store.ts';

const versionView = z
  .object({
    model: z.string(),
    version: z.int(),
    runId: z.string().nullable(),
    modelBlob: z.string().nullable(),
    manifest: z.string().nullable(),
    aliases: z.array(z.string()),
    state: z.string().describe('registered, or retired: then its bytes are in its archive alone.'),
    successor: z.string().nullable().describe('What follows a retired version.'),
    createdAt: z.int(),
  })
  .meta({ id: 'ModelVersion' });

/** Points of a chart: no screen has more columns than the largest. */
const BUCKETS = 500;
const BUCKETS_MAX = 10_000;

const bucketView = z
  .object({
    firstStep: z.int(),
    lastStep: z.int(),
    count: z.int(),
    min: z.number().nullable().describe('null: no value of the stretch is a number.'),
    max: z.number().nullable(),
    last: z.number().nullable(),
  })
  .meta({ id: 'MetricBucket' });

/** Models and their versions, and what runs measured. */
export const trainingOperations: readonly AnyOperation<{ readonly db: Database }>[] = [
  defineOperation({
    name: 'models.show',
    summary: 'Lists the versions of a model, newest first, with their aliases',
    method: 'GET',
    path: '/models/{model}/versions',
    input: z.object({ model: z.string().max(256) }),
    output: z.object({ items: z.array(versionView) }),
    errors: ['NOT_FOUND'],
    permission: 'model.read',
    audit: 'none',
    cli: { command: 'models show', positional: ['model'], example: 'tend models show flight-delay' },
    handler: async ({ db }: { readonly db: Database }, { model }) => {
      const aliases = await db.query
        .selectFrom('model_alias')
        .selectAll()
        .where('model', '=', model)
        .execute();
      const versions = await listVersions(db, model);
      const tombstones = await db.query
        .selectFrom('tombstone')
        .select(['name', 'successor'])
        .where('kind', '=', 'version')
        .where('name', 'in', ['', ...versions.map((row) => `${model}@${row.version}`)])
        .execute();
      const successors = new Map(tombstones.map((row) => [row.name, row.successor]));
      if (versions.length === 0) throw new TendError('NOT_FOUND', `there is no model ${model}`);
      return {
        items: versions.map((row) => ({
          model: row.model,
          version: row.version,
          runId: row.run_id,
          modelBlob: row.blob_hash,
          manifest: row.manifest_hash,
          aliases: aliases.filter((alias) => alias.version === row.version).map((alias) => alias.alias),
          state: row.state,
          successor: successors.get(`${model}@${row.version}`) ?? null,
          createdAt: row.created_at,
        })),
      };
    },
  }),
  defineOperation({
    name: 'runs.history',
    summary:
      'Shows the history of a metric of a run in few points: smallest, largest and last of each stretch',
    method: 'GET',
    path: '/runs/{run}/history',
    input: z.object({
      run: z.string().max(256),
      metric: z.string().max(256),
      buckets: z.coerce.number().int().min(1).max(BUCKETS_MAX).default(BUCKETS),
    }),
    output: z.object({ items: z.array(bucketView) }),
    errors: ['NOT_FOUND'],
    permission: 'model.read',
    audit: 'none',
    handler: async ({ db }: { readonly db: Database }, { run, metric, buckets }) => {
      await readRunInfo({ db }, run);
      return { items: [...(await historyBuckets({ db }, run, metric, buckets))] };
    },
  }),
];
