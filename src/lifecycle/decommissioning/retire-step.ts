import type { LedgerDraft, Statement } from '../../store/database.ts';
import { build } from '../../store/build.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { StageScope } from '../stage-scope.ts';
import { unusedStatements } from './dependants.ts';
import type { ExitRequest } from './exit-request.ts';
import type { ExitSubject } from './exit-subject.ts';
import { tombstoneStatement } from './tombstone-store.ts';

/**
 * The point of no return, in one unit: the versions are retired, the tombstone stands, and no kept result
 * hands them out any more, so that nothing but the archive holds their bytes. Refused when something began to
 * use the subject meanwhile.
 */
export async function retireStep(
  scope: StageScope,
  subject: ExitSubject,
  request: ExitRequest,
  archiveId: string | null,
): Promise<void> {
  await scope.workflow.step('decommissioning.retire', async () => {
    const at = scope.projectClock ?? scope.clock.now();
    const { kind, name, project } = subject;
    const entry: LedgerDraft = {
      chain: projectChain(project),
      action: `${kind}.withdrawn`,
      actor: request.actor,
      subject: name,
      body: { archive: archiveId, successor: request.successor, reason: request.reason },
    };
    return {
      result: null,
      statements: [
        ...unusedStatements(subject),
        tombstoneStatement({
          kind,
          name,
          project,
          successor: request.successor,
          certificate: '',
          archiveId,
          at,
        }),
        ...(await lettingGo(scope, subject)),
      ],
      ledger: [entry],
    };
  });
}

async function lettingGo(scope: StageScope, subject: ExitSubject): Promise<Statement[]> {
  const { kind, project } = subject;
  if (kind === 'version') return [...retireVersions(subject), ...(await forgetResults(scope, subject))];
  const routes = subject.endpoints.map((endpoint) => ({
    query: build.deleteFrom('route').where('endpoint', '=', endpoint),
  }));
  if (kind === 'endpoint') return [...routes, ...(await forgetResults(scope, subject))];
  return [
    ...routes,
    ...retireVersions(subject),
    { query: build.deleteFrom('stage_cache').where('project', '=', project) },
    { query: build.updateTable('stage_result').set({ key: null }).where('project', '=', project) },
    { query: build.deleteFrom('feature_history').where('project', '=', project) },
  ];
}

function retireVersions({ releases }: ExitSubject): Statement[] {
  if (releases.length === 0) return [];
  const query = build
    .updateTable('model_version')
    .set({ state: 'retired' })
    .where(
      'manifest_hash',
      'in',
      releases.map((release) => release.hash),
    );
  return [{ query }];
}

/**
 * The same inputs would otherwise give the retired release again, whose bytes are gone, or an endpoint that
 * answers no more.
 */
async function forgetResults(scope: StageScope, subject: ExitSubject): Promise<Statement[]> {
  const named = subject.releases.map((release) => release.hash);
  const cached = await scope.db.query
    .selectFrom('stage_cache')
    .select(['stage', 'key', 'outputs'])
    .where('project', '=', subject.project)
    .execute();
  const forgotten = cached.filter(({ outputs }) => named.some((hash) => outputs.includes(hash)));
  const results = await scope.db.query
    .selectFrom('stage_result')
    .select(['stage', 'outputs'])
    .where('project', '=', subject.project)
    .execute();
  const settled = results.filter(({ outputs }) => named.some((hash) => outputs.includes(hash)));
  return [
    ...forgotten.map(({ stage, key }) => ({
      query: build
        .deleteFrom('stage_cache')
        .where('project', '=', subject.project)
        .where('stage', '=', stage)
        .where('key', '=', key),
    })),
    ...settled.map(({ stage }) => ({
      query: build
        .updateTable('stage_result')
        .set({ key: null })
        .where('project', '=', subject.project)
        .where('stage', '=', stage),
    })),
  ];
}
