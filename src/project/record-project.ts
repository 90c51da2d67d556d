import type { StageScope } from '../lifecycle/stage-scope.ts';
import { build } from '../store/build.ts';
import { jsonText } from '../store/json-text.ts';
import { projectChain } from '../store/ledger-entry.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { stageResults } from './stage-result.ts';
import { changedCriteria } from './spec-diff.ts';
import { storedDocument } from './stored-document.ts';

/** Makes the document the project's present one, in the first durable step of its carrying out. */
export async function recordProject(
  scope: StageScope,
  input: {
    readonly document: ProjectDocument;
    readonly hash: string;
    readonly yaml: string;
    readonly author: string;
  },
): Promise<void> {
  await scope.workflow.step('project.record', async () => {
    const { document, hash, yaml, author } = input;
    const now = scope.clock.now();
    const said = jsonText(document);
    const changing = {
      owner: document.owner,
      kind: document.kind,
      statement: document.problem.statement,
      spec_hash: hash,
      document: said,
      updated_at: now,
    };
    const stale = await staleStages(scope, document);
    return {
      result: null,
      statements: [
        {
          query: build
            .insertInto('project')
            .values({ name: document.name, created_at: now, ...changing })
            .onConflict((conflict) => conflict.column('name').doUpdateSet(changing)),
          expect: 1,
        },
        {
          query: build
            .insertInto('project_revision')
            .values({
              project: document.name,
              hash,
              document: said,
              source: yaml,
              author,
              created_at: now,
              clock: scope.projectClock ?? null,
            })
            .onConflict((conflict) => conflict.doNothing()),
        },
        ...stale,
      ],
      ledger: [
        {
          chain: projectChain(document.name),
          action: 'project.declared',
          actor: author,
          subject: hash,
          body: { hash, name: document.name, owner: document.owner },
        },
      ],
    };
  });
}

/** Marks what leans on a changed criterion as stale until it is judged anew. */
async function staleStages(scope: StageScope, document: ProjectDocument) {
  const before = await storedDocument(scope.db, document.name);
  if (before === undefined) return [];
  const changed = changedCriteria(before, document);
  const results = await stageResults(scope.db, document.name);
  return [...changed].flatMap(([stage, ids]) => {
    if (!results.has(stage)) return [];
    const reason = `criterion ${ids.join(', ')} changed`;
    const query = build
      .updateTable('stage_result')
      .set({ verdict: 'stale', reason, updated_at: scope.clock.now() })
      .where('project', '=', document.name)
      .where('stage', '=', stage);
    return [{ query, expect: 1 }];
  });
}
