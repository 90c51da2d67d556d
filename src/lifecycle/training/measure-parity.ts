import { decideFrame } from '../../decide/release-frame.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import { TendError } from '../../kernel/error.ts';
import { type Examples, takeExamples } from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import { decodeNativeModel } from './model-file.ts';
import { nativeScores, openRelease } from './open-release.ts';

/** Rows on which the export is compared with the native model. */
const PARITY_ROWS = 20_000;

/** Largest difference allowed: float32 sums of a few hundred trees stay below it by far. */
const PARITY_MAX = 1e-4;

/**
 * The largest difference between the export and the native model on validation rows, relative where scores
 * are above 1. @throws TRAINING_FAILED when it is more than floating point explains.
 */
export async function measureParity(
  scope: StageScope,
  made: { readonly manifest: ReleaseManifest; readonly native: string },
  validation: Examples,
): Promise<number> {
  const native = decodeNativeModel(await scope.blobs.read(made.native));
  const release = await openRelease(scope, made.manifest);
  const rows = Math.min(PARITY_ROWS, validation.rows);
  const compared = takeExamples(
    validation,
    Int32Array.from({ length: rows }, (_, row) => row),
  );
  const served = decideFrame(release, compared.features);
  const own = nativeScores(native, made.manifest, compared);
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    const scale = Math.max(1, Math.abs(own[i] as number));
    largest = Math.max(largest, Math.abs((own[i] as number) - (served[i] as number)) / scale);
  }
  if (!(largest <= PARITY_MAX)) {
    throw new TendError('TRAINING_FAILED', `the exported model differs from the trained one by ${largest}`);
  }
  return largest;
}
