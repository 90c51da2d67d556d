import { systemPorts } from '../../test/ports.ts';
import { tinyFiles } from '../../test/tiny-project.ts';
import { build } from '../store/build.ts';
import type { Database } from '../store/database.ts';
import { type EvidenceDraft, evidenceRecord } from '../store/evidence.ts';
import { jsonText } from '../store/json-text.ts';
import { openSqlite } from '../store/open-sqlite.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { readDocument } from './document/read-document.ts';
import { type ResultDraft, resultUnit } from './stage-result.ts';

/**
 * The document of a tiny project, after changes to its text. @throws TypeError for a text that is not in it
 */
export function tinyDocument(...changes: readonly (readonly [from: string, to: string])[]): ProjectDocument {
  let yaml = tinyFiles('classification')['tend.yaml'] ?? '';
  for (const [from, to] of changes) {
    if (!yaml.includes(from)) throw new TypeError(`there is no ${from} in the document`);
    yaml = yaml.replace(from, to);
  }
  return readDocument(yaml).document;
}

/** A database in memory that holds the project `tiny` and nothing of its stages. */
export async function projectDatabase(): Promise<Database> {
  const db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
  const { name, owner, kind, problem } = tinyDocument();
  const row = {
    name,
    owner,
    kind,
    statement: problem.statement,
    spec_hash: 'a'.repeat(64),
    document: jsonText({}),
    created_at: 1,
    updated_at: 1,
  };
  await db.commit({ statements: [{ query: build.insertInto('project').values(row) }] });
  return db;
}

/** Makes a result the present one of a stage of `tiny`, at a time. */
export async function putResult(
  db: Database,
  draft: Pick<ResultDraft, 'stage' | 'verdict'> & Partial<ResultDraft>,
  at: number,
): Promise<void> {
  const rest = { key: null, reason: '', evidence: [], outputs: {}, executionId: null, actor: 'local' };
  await db.commit(resultUnit({ project: 'tiny', ...rest, ...draft }, at, { cacheKeys: [] }));
}

/** Records evidence of `tiny`; resolves with its id. */
export async function putEvidence(
  db: Database,
  draft: Pick<EvidenceDraft, 'stage' | 'kind' | 'body'> & Partial<EvidenceDraft>,
): Promise<string> {
  const rest = { project: 'tiny', subject: 'b'.repeat(64), verdict: 'info' as const, title: draft.kind };
  const { evidence, statements, ledger } = evidenceRecord({ ...rest, ...draft }, systemPorts);
  await db.commit({ statements, ledger });
  return evidence.id;
}
