import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import type { Database } from '../../store/database.ts';
import { listVersions } from './registry-store.ts';

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

/** Models and their versions. */
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
];
