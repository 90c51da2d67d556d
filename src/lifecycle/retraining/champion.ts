import { TendError } from '../../kernel/error.ts';
import type { Trial } from '../../learn/search/trial.ts';
import type { SplitBounds } from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import { aliasedVersion, readRun } from '../training/index.ts';

/** The version that candidates are held against. */
export type Champion = {
  readonly version: number;
  /** Hash of its manifest, which is its release. */
  readonly release: string;
  readonly run: string;
  /** Where the examples lie that it was made of; null where rows are divided by hash. */
  readonly bounds: SplitBounds | null;
  readonly trial: Trial;
};

/** The champion as it stands. @throws CONFLICT where none is live. */
export async function readChampion(scope: Pick<StageScope, 'db' | 'project'>): Promise<Champion> {
  const champion = await aliasedVersion(scope.db, scope.project, 'champion');
  if (champion?.manifestHash == null || champion.runId === null) {
    throw new TendError('CONFLICT', `${scope.project} has no version that is live`);
  }
  const { bounds, trial } = await readRun(scope.db, champion.runId);
  const { version, manifestHash: release, runId: run } = champion;
  return { version, release, run, bounds, trial };
}
