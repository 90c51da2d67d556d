import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { planeStatus, type RunningPlane } from '../../serve/plane-client.ts';
import { type PredictionRecord, parsePredictionRecord } from '../../serve/prediction-record.ts';
import { readSegments } from '../../serve/read-segments.ts';
import { writeRouting } from '../../serve/routing.ts';
import { sampleName } from './archive/archive-manifest.ts';
import type { OpenArchive } from './archive/open-archive.ts';
import { type ArchivedState, readRelease, type ReleaseInArchive, restoreBlobs } from './archived-states.ts';
import { type Asked, askAgain } from './ask-again.ts';
import type { CheckReport } from './check-report.ts';
import { compareAnswers } from './compare-answers.ts';

/** Where an archive is tried, and how a data plane is started there. */
export interface CheckContext {
  /** An empty folder. */
  readonly workDir: string;
  readonly launch: (stateDir: string) => Promise<RunningPlane>;
  readonly signal: AbortSignal;
}

/**
 * Boundaries handed to serving at once. It holds some 64 of each table, as it does while time goes on; the
 * logged predictions are of a whole life, so they are asked in the order of their times.
 */
const BOUNDARIES_AT_ONCE = 32;
/** Serving looks into the folder five times a second. */
const TABLE_LOOKS_MAX = 100;
const LOOK_MS = 20;
/** Name of the endpoint at which a release is tried. */
const ENDPOINT = 'rehearsal';

/**
 * Restores the releases of an archive one after another, serves each by a data plane of its own, and asks it
 * every logged prediction again, at its own event time. Knows nothing but the archive.
 * @throws STATE_UNREADABLE, UNAVAILABLE (a release that does not load)
 */
export async function checkArchive(archive: OpenArchive, ctx: CheckContext): Promise<CheckReport> {
  const { manifest, hash } = archive;
  const blobDir = join(ctx.workDir, 'blobs');
  await restoreBlobs(archive, blobDir);
  const releases: CheckReport['releases'] = [];
  for (const place of manifest.releases.keys()) {
    ctx.signal.throwIfAborted();
    const restored = await readRelease(archive, place);
    releases.push(await checkRelease(archive, restored, place, { ...ctx, blobDir }));
  }
  return {
    hash,
    kind: manifest.kind,
    subject: manifest.subject,
    files: manifest.files.length,
    predictions: releases.reduce((sum, one) => sum + one.predictions, 0),
    alike: releases.reduce((sum, one) => sum + one.alike, 0),
    releases,
  };
}

async function checkRelease(
  archive: OpenArchive,
  restored: ReleaseInArchive,
  place: number,
  ctx: CheckContext & { readonly blobDir: string },
): Promise<CheckReport['releases'][number]> {
  const stateDir = join(ctx.workDir, `release-${place + 1}`);
  const featureDir = join(stateDir, 'features');
  await mkdir(featureDir, { recursive: true, mode: 0o700 });
  const { release, manifest } = restored;
  await writeRouting(stateDir, {
    format: 'tend.routing/v1',
    generation: 1,
    blobDir: ctx.blobDir,
    featureDir,
    endpoints: [
      {
        name: ENDPOINT,
        project: manifest.project,
        routes: [{ releaseHash: release.hash, version: release.version, weight: 1, role: 'stable' }],
      },
    ],
  });
  const logged = await loggedRecords(archive, place);
  const [first, ...rest] = stretches(restored.states, logged);
  const asked: Asked[] = [];
  await putStates(archive, restored, first.states, featureDir);
  const plane = await ctx.launch(stateDir);
  try {
    const target = { url: `${plane.url}/predict/${ENDPOINT}`, manifest, signal: ctx.signal };
    asked.push(...(await askAgain(first.records, target)));
    for (const stretch of rest) {
      await putStates(archive, restored, stretch.states, featureDir);
      await seen(plane, restored, stretch.states, ctx.signal);
      asked.push(...(await askAgain(stretch.records, target)));
    }
  } finally {
    await plane.stop();
  }
  const again = new Map<string, PredictionRecord>();
  for await (const record of readSegments(join(stateDir, 'segments'))) again.set(record.id, record);
  return { release: release.hash, version: release.version, ...compareAnswers(manifest, asked, again) };
}

async function loggedRecords(archive: OpenArchive, place: number): Promise<PredictionRecord[]> {
  const name = sampleName(place);
  if (!archive.has(name)) return [];
  const lines = Buffer.from(await archive.read(name))
    .toString('utf8')
    .split('\n');
  return lines.flatMap((line) => parsePredictionRecord(line) ?? []).sort((a, b) => a.t - b.t);
}

interface Stretch {
  readonly states: readonly ArchivedState[];
  readonly records: readonly PredictionRecord[];
}

/** Cuts states and predictions into stretches of time, each with few enough boundaries. */
function stretches(
  states: readonly ArchivedState[],
  records: readonly PredictionRecord[],
): [Stretch, ...Stretch[]] {
  const moments = [...new Set(states.map((state) => state.at))].sort((a, b) => a - b);
  const starts = moments.filter((_, index) => index % BOUNDARIES_AT_ONCE === 0);
  const cut = (from: number, to: number): Stretch => ({
    states: states.filter((state) => state.at >= from && state.at < to),
    records: records.filter((record) => record.t >= from && record.t < to),
  });
  const [, second = Number.POSITIVE_INFINITY] = starts;
  const first = cut(Number.NEGATIVE_INFINITY, second);
  const rest = starts.slice(1).map((from, index) => cut(from, starts[index + 2] ?? Number.POSITIVE_INFINITY));
  return [first, ...rest];
}

async function putStates(
  archive: OpenArchive,
  { manifest }: ReleaseInArchive,
  states: readonly ArchivedState[],
  featureDir: string,
): Promise<void> {
  for (const { name } of manifest.tables) {
    await mkdir(join(featureDir, manifest.project, name), { recursive: true });
  }
  for (const { name, table, at } of states) {
    await writeFile(join(featureDir, manifest.project, table, `${at}.json`), await archive.read(name));
  }
}

/** Waits until serving holds the newest of these states; what it does not hold shows in the answers. */
async function seen(
  plane: RunningPlane,
  { manifest }: ReleaseInArchive,
  states: readonly ArchivedState[],
  signal: AbortSignal,
): Promise<void> {
  const newest = new Map(states.map((state) => [`${manifest.project}/${state.table}`, state.at]));
  for (let look = 0; look < TABLE_LOOKS_MAX; look++) {
    const { tables } = await planeStatus(plane.url);
    if ([...newest].every(([table, at]) => (tables[table]?.newest ?? Number.NEGATIVE_INFINITY) >= at)) return;
    await delay(LOOK_MS, undefined, { signal });
  }
}
