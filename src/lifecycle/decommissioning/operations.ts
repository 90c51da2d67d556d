import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { ERRORS, TendError } from '../../kernel/error.ts';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { BlobStore } from '../../store/blob.ts';
import type { Database } from '../../store/database.ts';
import { listArchives, readArchiveRow } from './archive-store.ts';
import { startExit } from './start-exit.ts';
import { listTombstones } from './tombstone-store.ts';

/** What the operations of decommissioning need. */
export interface DecommissioningContext {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly engine: Engine;
  readonly principal: Principal;
}

const kinds = z.enum(['version', 'endpoint', 'project']);
const onlyProject = z.object({ project: z.string().max(63).exactOptional() });

const startedView = z
  .object({
    execution: z.string(),
    state: z.string().describe('done, or what it waits for is in the reason.'),
    verdict: z.enum(['pass', 'fail', 'waiting']),
    reason: z.string(),
    certificate: z.string().nullable().describe('Id of the evidence that sums the exit up.'),
    archive: z.string().nullable(),
  })
  .meta({ id: 'Retirement' });

const tombstoneView = z
  .object({
    kind: kinds,
    name: z.string(),
    project: z.string(),
    successor: z.string().nullable(),
    certificate: z.string(),
    archiveId: z.string().nullable(),
    at: z.int(),
  })
  .meta({ id: 'Tombstone' });

const archiveView = z
  .object({
    id: z.string(),
    project: z.string(),
    kind: kinds,
    subject: z.string(),
    hash: z.string(),
    sizeBytes: z.int(),
    predictions: z.int(),
    createdAt: z.int(),
  })
  .meta({ id: 'Archive' });

/** A piece of an archive on its way: 64 kB of text for one event. */
const PIECE_BYTES = 48 * 1024;

/** Retiring, and what is left of what was retired. */
export const decommissioningOperations: readonly AnyOperation<DecommissioningContext>[] = [
  defineOperation({
    name: 'retirements.start',
    summary: 'Retires a version, an endpoint or a project: archived, restored, then erased',
    method: 'POST',
    path: '/retirements',
    input: z.object({
      what: z.string().max(200).describe('flight-delay@2, endpoint:NAME or project:NAME.'),
      successor: z.string().max(200).exactOptional().describe('What follows it, of the same kind.'),
      reason: z.string().max(2_000).default('asked for').describe('Why; it stands in the certificate.'),
    }),
    output: startedView,
    errors: ['INVALID_INPUT', 'NOT_FOUND', 'CONFLICT', 'GONE'],
    permission: 'archive.write',
    audit: 'ledger',
    cli: {
      command: 'retire',
      positional: ['what'],
      example: 'tend retire flight-delay@1 --successor flight-delay@2',
    },
    handler: async (ctx: DecommissioningContext, { what, successor = null, reason }) => {
      const execution = await startExit(ctx, { what, successor, reason, actor: ctx.principal.id });
      await ctx.engine.run(execution);
      return retirementOf(ctx.engine, execution);
    },
  }),
  defineOperation({
    name: 'retirements.list',
    summary: 'Lists what was retired, with its successor and certificate',
    method: 'GET',
    path: '/retirements',
    input: onlyProject,
    output: z.object({ items: z.array(tombstoneView) }),
    errors: [],
    permission: 'model.read',
    audit: 'none',
    handler: async ({ db }: DecommissioningContext, { project }) => ({
      items: await listTombstones(db, project),
    }),
  }),
  defineOperation({
    name: 'archives.list',
    summary: 'Lists archives, the latest first',
    method: 'GET',
    path: '/archives',
    input: onlyProject,
    output: z.object({ items: z.array(archiveView) }),
    errors: [],
    permission: 'model.read',
    audit: 'none',
    cli: { command: 'archive list', example: 'tend archive list' },
    handler: async ({ db }: DecommissioningContext, { project }) => ({
      items: await listArchives(db, project),
    }),
  }),
  defineOperation({
    name: 'archives.read',
    summary: 'Streams the bytes of an archive in pieces',
    method: 'GET',
    path: '/archives/{id}/pieces',
    input: z.object({ id: z.string().max(100) }),
    output: z.object({ base64: z.string() }),
    errors: ['NOT_FOUND'],
    permission: 'archive.write',
    audit: 'none',
    stream: true,
    handler: async function* ({ db, blobs }: DecommissioningContext, { id }) {
      const { hash } = await readArchiveRow(db, id);
      for await (const piece of createReadStream(blobs.path(hash), { highWaterMark: PIECE_BYTES })) {
        yield { base64: (piece as Buffer).toString('base64') };
      }
    },
  }),
];

/** How an exit stands. @throws what it failed with. */
async function retirementOf(engine: Engine, id: string): Promise<z.output<typeof startedView>> {
  const { state, result, reason, error } = await engine.get(id);
  if (error !== null && state !== 'done') {
    const code = error.code in ERRORS ? error.code : 'INTERNAL';
    throw new TendError(code, error.message, { hint: error.hint ?? '' });
  }
  if (state !== 'done') {
    const why = `waits for ${reason ?? 'its turn'}`;
    return { execution: id, state, verdict: 'waiting', reason: why, certificate: null, archive: null };
  }
  const {
    verdict,
    reason: said,
    outputs,
  } = result as unknown as {
    readonly verdict: 'pass' | 'fail';
    readonly reason: string;
    readonly outputs: { readonly certificate: string | null; readonly archive: string | null };
  };
  return { execution: id, state, verdict, reason: said, ...pick(outputs) };
}

function pick({ certificate, archive }: { certificate: string | null; archive: string | null }) {
  return { certificate, archive };
}
