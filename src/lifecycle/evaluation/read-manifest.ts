import { type ReleaseManifest, releaseManifestSchema } from '../../decide/release.ts';
import { TendError } from '../../kernel/error.ts';
import type { StageScope } from '../stage-scope.ts';

/** The manifest of a release from its blob. @throws STATE_UNREADABLE when it is none. */
export async function readManifest(scope: Pick<StageScope, 'blobs'>, blob: string): Promise<ReleaseManifest> {
  const parsed = releaseManifestSchema.safeParse(
    JSON.parse(Buffer.from(await scope.blobs.read(blob)).toString('utf8')),
  );
  if (!parsed.success) throw new TendError('STATE_UNREADABLE', `blob ${blob} is no release manifest`);
  return parsed.data;
}
