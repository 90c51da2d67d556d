import type { LifecycleContext } from '../../stage-scope.ts';
import { type Book, createBook } from '../book/book.ts';
import type { ReferenceProfile } from '../book/reference-profile.ts';
import { REFERENCE_KIND } from '../arm-monitors.ts';
import type { LiveInputs } from './live-inputs.ts';
import { sliceReader } from './slice-reader.ts';
import { durationMs } from '../../../kernel/schema.ts';

/** A book that follows a project, and looks up what each release was made on. */
export interface LiveBook extends Book {
  /** Reads reference profiles that were made since the last look. */
  readonly refresh: () => Promise<void>;
}

/** Windows of drift unless tend.yaml says otherwise. */
const DRIFT_OVER = '7d';

/** Records are kept a day longer than the longest window: one that is about to close is whole. */
const DAY_MS = 86_400_000;

/** The book of a project with the references of its releases. */
export async function liveBook(
  ctx: Pick<LifecycleContext, 'db' | 'blobs'>,
  inputs: LiveInputs,
): Promise<LiveBook> {
  const references = new Map<string, ReferenceProfile>();
  const refresh = async (): Promise<void> => {
    const rows = await ctx.db.query
      .selectFrom('evidence')
      .select(['subject', 'body'])
      .where('project', '=', inputs.project)
      .where('stage', '=', 'monitoring')
      .where('kind', '=', REFERENCE_KIND)
      .execute();
    for (const { subject, body } of rows) {
      if (references.has(subject)) continue;
      const { profile } = JSON.parse(body) as { readonly profile: string };
      const text = Buffer.from(await ctx.blobs.read(profile)).toString('utf8');
      references.set(subject, JSON.parse(text) as ReferenceProfile);
    }
  };
  await refresh();
  const overMs = durationMs(inputs.drift?.over ?? DRIFT_OVER);
  const windows = inputs.criteria.map((criterion) => durationMs(criterion.over ?? '1h'));
  const book = createBook({
    reference: (release) => references.get(release),
    criteria: inputs.criteria,
    drift: inputs.drift === null ? null : { test: inputs.drift.test, alertAt: inputs.drift.alert_at, overMs },
    slices: inputs.slices,
    sliceOf: sliceReader(inputs.data.features, inputs.slices),
    kind: inputs.kind,
    keepMs: Math.max(overMs, ...windows) + DAY_MS,
  });
  return { ...book, refresh };
}
