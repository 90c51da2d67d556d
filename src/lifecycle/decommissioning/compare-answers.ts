import type { ReleaseManifest } from '../../decide/release.ts';
import type { PredictionRecord } from '../../serve/prediction-record.ts';
import type { Asked } from './ask-again.ts';
import type { CheckReport } from './check-report.ts';

/** How the answers of one release compare with the logged ones. */
type Comparison = Omit<CheckReport['releases'][number], 'release' | 'version'>;

/**
 * Compares answers with what was logged: the same engine on the same inputs gives the same bits, so nothing
 * may differ, neither the answer nor any input of the model. `again`: what the restored plane logged, by id.
 */
export function compareAnswers(
  manifest: ReleaseManifest,
  asked: readonly Asked[],
  again: ReadonlyMap<string, PredictionRecord>,
): Comparison {
  let alike = 0;
  let maxDifference = 0;
  let first: string | null = null;
  for (const one of asked) {
    if ('prediction' in one.came && one.logged.prediction !== null) {
      maxDifference = Math.max(maxDifference, Math.abs(one.came.prediction - one.logged.prediction));
    }
    const how = differenceOf(manifest, one, again);
    if (how === undefined) alike += 1;
    else first ??= `${one.logged.id}: ${how}`;
  }
  return { predictions: asked.length, alike, maxDifference, first };
}

function differenceOf(
  manifest: ReleaseManifest,
  { logged, came }: Asked,
  again: ReadonlyMap<string, PredictionRecord>,
): string | undefined {
  if ('refused' in came) return `it was refused: ${came.refused}`;
  const record = again.get(came.id);
  if (record === undefined) return 'the restored plane did not log it';
  if (record.t !== logged.t) return `its event time is ${record.t}, logged was ${logged.t}`;
  for (const { name } of manifest.inputs) {
    const [now, then] = [record.features[name] ?? null, logged.features[name] ?? null];
    if (!Object.is(now, then)) return `${name} is ${String(now)}, logged was ${String(then)}`;
  }
  if (Object.is(came.prediction, logged.prediction)) return undefined;
  return `the answer is ${came.prediction}, logged was ${String(logged.prediction)}`;
}
