import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asJson } from '../../kernel/json.ts';
import { blobReferences, hashesIn } from '../../store/blob-references.ts';
import { evidencedStep, type StageScope } from '../stage-scope.ts';
import type { ExitSubject } from './exit-subject.ts';

/** What was erased and what had to stay. */
export type Erased = {
  readonly blobs: number;
  readonly bytes: number;
  readonly kept: number;
};

interface Plan {
  readonly erase: readonly { readonly hash: string; readonly bytes: number }[];
  readonly keep: readonly { readonly hash: string; readonly by: readonly string[] }[];
}

/** How long others may work before an exit looks again whether it may erase. */
const LOOK_AGAIN_MS = 1_000;
/** Blobs named one by one in the evidence; of a whole project there are thousands. */
const NAMED_MAX = 200;

/**
 * Deletes the bytes of the subject that nothing else refers to. Waits while another execution runs: what it
 * has put and not recorded yet is not counted. What to erase is settled first, and looked at once more before
 * it goes.
 */
export async function eraseStep(scope: StageScope, subject: ExitSubject) {
  await awaitQuiet(scope);
  const plan = (await scope.workflow.step('decommissioning.erase.plan', async () => {
    const { erase, keep } = await planErasure(scope, subject);
    return { result: { erase: erase.map(asJson), keep: keep.map(asJson) } };
  })) as unknown as Plan;
  return evidencedStep<Erased>(scope, 'decommissioning', 'erase', async () => {
    const again = await blobReferences(
      scope.db,
      plan.erase.map(({ hash }) => hash),
    );
    const gone = plan.erase.filter(({ hash }) => !again.has(hash));
    const late = [...again].map(([hash, by]) => ({ hash, by }));
    for (const { hash } of gone) await scope.blobs.delete(hash);
    if (subject.kind === 'project') await removeTables(scope);
    const kept = [...plan.keep, ...late];
    const bytes = gone.reduce((sum, blob) => sum + blob.bytes, 0);
    const said = `${gone.length} blobs (${bytes.toLocaleString('en')} bytes) erased`;
    return {
      result: { blobs: gone.length, bytes, kept: kept.length },
      evidence: [
        {
          kind: 'erasure',
          subject: subject.hash,
          verdict: 'pass' as const,
          title: kept.length === 0 ? said : `${said}, ${kept.length} kept for others`,
          body: {
            erased: gone.slice(0, NAMED_MAX).map(asJson),
            erased_blobs: gone.length,
            erased_bytes: bytes,
            kept: kept.slice(0, NAMED_MAX).map(asJson),
            kept_blobs: kept.length,
          },
        },
      ],
    };
  });
}

/** Goes to rest while an execution that may put blobs is held by a living worker. */
async function awaitQuiet(scope: StageScope): Promise<void> {
  const done = await scope.db.query
    .selectFrom('step')
    .select('name')
    .where('execution_id', '=', scope.workflow.executionId)
    .where('name', '=', 'decommissioning.erase.plan')
    .executeTakeFirst();
  if (done !== undefined) return;
  const busy = await scope.db.query
    .selectFrom('execution')
    .select(['id', 'workflow'])
    .where('state', '=', 'running')
    .where('workflow', '!=', 'exit')
    .where('lease_until', '>', scope.clock.now())
    .executeTakeFirst();
  if (busy === undefined) return;
  await scope.workflow.wait(`${busy.workflow} ${busy.id} to come to rest before bytes are erased`, {
    wakeAfterMs: LOOK_AGAIN_MS,
  });
}

async function planErasure(scope: StageScope, subject: ExitSubject): Promise<Plan> {
  const hashes: string[] = [];
  for (const hash of await ownBlobs(scope, subject)) if (await scope.blobs.has(hash)) hashes.push(hash);
  const references = await blobReferences(scope.db, hashes);
  const erase = [];
  for (const hash of hashes.filter((one) => !references.has(one))) {
    erase.push({ hash, bytes: (await stat(scope.blobs.path(hash))).size });
  }
  const keep = [...references].map(([hash, by]) => ({ hash, by }));
  return { erase, keep };
}

/** Every blob that was made for the subject. An endpoint has none: its releases are versions. */
async function ownBlobs(scope: StageScope, subject: ExitSubject): Promise<readonly string[]> {
  if (subject.kind === 'endpoint') return [];
  const texts = [
    ...(await versionTexts(scope, subject)),
    ...(subject.kind === 'project' ? await projectTexts(scope) : []),
  ];
  return [...new Set(texts.flatMap(hashesIn))].sort();
}

/** Manifests, models and native models, and the best trials of the searches that found them. */
async function versionTexts(scope: StageScope, { releases }: ExitSubject): Promise<string[]> {
  const texts: string[] = releases.map((release) => release.hash);
  for (const { hash, runId } of releases) {
    const release = await scope.db.query
      .selectFrom('release')
      .select('manifest')
      .where('hash', '=', hash)
      .executeTakeFirst();
    const { modelBlob = '' } = JSON.parse(release?.manifest ?? '{}') as { readonly modelBlob?: string };
    const version = await scope.db.query
      .selectFrom('model_version')
      .select('blob_hash')
      .where('manifest_hash', '=', hash)
      .executeTakeFirst();
    texts.push(modelBlob, version?.blob_hash ?? '', ...(await runTexts(scope, runId)));
  }
  return texts;
}

async function runTexts(scope: StageScope, runId: string | null): Promise<string[]> {
  if (runId === null) return [];
  const run = await scope.db.query
    .selectFrom('run')
    .select('outputs')
    .where('id', '=', runId)
    .executeTakeFirst();
  const trials = await scope.db.query
    .selectFrom('lineage')
    .innerJoin('step', 'step.execution_id', 'lineage.execution_id')
    .select('step.result')
    .where('lineage.from_ref', '=', runId)
    .where('lineage.kind', '=', 'produced')
    .where('step.name', 'like', '%training.trials:%')
    .execute();
  return [run?.outputs ?? '', ...trials.map((step) => step.result ?? '')];
}

/** Data, histories of feature tables and whatever steps of its executions left behind. */
async function projectTexts(scope: StageScope): Promise<string[]> {
  const { db, project } = scope;
  const partitions = await db.query
    .selectFrom('partition')
    .select('blob_hash')
    .distinct()
    .where('project', '=', project)
    .execute();
  const steps = await db.query
    .selectFrom('step')
    .innerJoin('execution', 'execution.id', 'step.execution_id')
    .select('step.result')
    .where('execution.project', '=', project)
    .execute();
  return [...partitions.map((row) => row.blob_hash), ...steps.map((step) => step.result ?? '')];
}

/** The states that serving held of the project's feature tables. */
async function removeTables({ stateDir, project }: StageScope): Promise<void> {
  await rm(join(stateDir, 'features', project), { recursive: true, force: true });
}
