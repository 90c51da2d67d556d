import type { JsonObject } from '../kernel/json.ts';
import type { Stage, Verdict } from '../kernel/verdict.ts';
import { build } from '../store/build.ts';
import type { Database, LedgerDraft, Statement } from '../store/database.ts';
import { jsonText, parseJsonText } from '../store/json-text.ts';
import { projectChain } from '../store/ledger-entry.ts';

/** What a stage says of itself, as it is kept. */
export interface StoredResult {
  readonly stage: Stage;
  readonly key: string | null;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly outputs: JsonObject;
  readonly executionId: string | null;
  readonly updatedAt: number;
}

/** Results of a project's stages, by stage. */
export async function stageResults(db: Database, project: string): Promise<ReadonlyMap<Stage, StoredResult>> {
  const rows = await db.query.selectFrom('stage_result').selectAll().where('project', '=', project).execute();
  return new Map(
    rows.map((row) => [
      row.stage,
      {
        stage: row.stage,
        key: row.key,
        verdict: row.verdict,
        reason: row.reason,
        evidence: parseJsonText(row.evidence) as readonly string[],
        outputs: parseJsonText(row.outputs) as JsonObject,
        executionId: row.execution_id,
        updatedAt: row.updated_at,
      },
    ]),
  );
}

/** What a stage said for the same inputs before, or undefined. */
export async function cachedResult(
  db: Database,
  project: string,
  stage: Stage,
  key: string,
): Promise<Pick<StoredResult, 'verdict' | 'reason' | 'evidence' | 'outputs'> | undefined> {
  const row = await db.query
    .selectFrom('stage_cache')
    .selectAll()
    .where('project', '=', project)
    .where('stage', '=', stage)
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    verdict: row.verdict,
    reason: row.reason,
    evidence: parseJsonText(row.evidence) as readonly string[],
    outputs: parseJsonText(row.outputs) as JsonObject,
  };
}

/** What a stage says of itself now, before it is kept. */
export type ResultDraft = Omit<StoredResult, 'updatedAt'> & {
  readonly project: string;
  readonly actor: string;
};

/**
 * Statements and ledger entry that make a result the present one; `cacheKeys`: inputs for which it is kept.
 */
export function resultUnit(
  draft: ResultDraft,
  now: number,
  options: { readonly cacheKeys: readonly string[] },
): { readonly statements: Statement[]; readonly ledger: LedgerDraft[] } {
  const { project, stage, key, verdict, reason, executionId } = draft;
  const evidence = jsonText(draft.evidence);
  const outputs = jsonText(draft.outputs);
  const changing = { key, verdict, reason, evidence, outputs, execution_id: executionId, updated_at: now };
  const statements: Statement[] = [
    {
      query: build
        .insertInto('stage_result')
        .values({ project, stage, ...changing })
        .onConflict((conflict) => conflict.columns(['project', 'stage']).doUpdateSet(changing)),
      expect: 1,
    },
  ];
  for (const cacheKey of new Set(options.cacheKeys)) {
    const kept = { verdict, reason, evidence, outputs };
    statements.push({
      query: build
        .insertInto('stage_cache')
        .values({ project, stage, key: cacheKey, ...kept })
        .onConflict((conflict) => conflict.columns(['project', 'stage', 'key']).doUpdateSet(kept)),
    });
  }
  const entry: LedgerDraft = {
    chain: projectChain(project),
    action: `stage.${verdict}`,
    actor: draft.actor,
    subject: stage,
    body: { stage, verdict, reason, key, evidence: draft.evidence },
  };
  return { statements, ledger: [entry] };
}
