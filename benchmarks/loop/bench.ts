import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trueWeeks } from './live-truth.ts';
import { type MemorySample, playExample, type PlayedExample, ROOT } from './played-example.ts';

/*
 * The whole life of the flagship after installation: wall time, replayed predictions a second with their
 * outcomes joined, memory over the replay; how late incidents of the watched criterion opened and how many
 * should not have, against the truth worked out from log and file; and what retraining won, against
 * LightGBM.
 */

const PROJECT = 'flight-delay';
const CRITERION = 'still-good';
const DATA = join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet');
const PYTHON = join(ROOT, '.venv/bin/python');
const DAY_MS = 86_400_000;

using played = await playExample();
const rate = Math.round(played.predictions / played.replayS);
console.log(
  `\nwhole life      ${played.wallS.toFixed(1)} s, exit ${played.exitCode} (aim 90 s, at most 180 s)`,
);
console.log(`replay          ${played.predictions.toLocaleString('en')} predictions in ${played.replayS} s`);
console.log(`                ${rate.toLocaleString('en')} a second with outcomes joined`);
for (const name of ['server', 'data plane', 'replay'] as const) console.log(memoryLine(name, played.memory));
await detection(played);
await recovered(played);
if (played.exitCode !== 0) process.exitCode = 1;

/** Memory in each third of the replay: flat where the last is not above the one before. */
function memoryLine(name: MemorySample['process'], samples: readonly MemorySample[]): string {
  const own = samples.filter((one) => one.process === name && one.s >= 0 && one.s <= played.replayS);
  const thirds = [0, 1, 2].map((third) => {
    const within = own.filter(({ s }) => Math.min(2, Math.floor((3 * s) / played.replayS)) === third);
    return `${Math.max(0, ...within.map(({ mb }) => mb)).toFixed(0)} MB`;
  });
  return `memory          ${name.padEnd(11)} most in each third of the replay: ${thirds.join(', ')}`;
}

interface Window {
  readonly to: number;
  readonly bound: number | null;
}

/** Incidents of the criterion beside the days on which the truth was below its bound. */
async function detection({ ask, dir }: PlayedExample): Promise<void> {
  const { windows } = await ask<{ windows: readonly Window[] }>(
    `/projects/${PROJECT}/timeline?criterion=${CRITERION}`,
  );
  const { items } = await ask<{ items: { cause: string; openedAt: number; resolvedAt: number | null }[] }>(
    `/incidents?project=${PROJECT}&limit=500`,
  );
  const weeks = await trueWeeks(dir, DATA);
  const boundAt = (to: number): number => windows.find((one) => one.to === to)?.bound ?? Number.NaN;
  const below = new Set(weeks.filter(({ to, auc }) => auc < boundAt(to)).map(({ to }) => to));
  const incidents = items.filter(({ cause }) => cause === `criterion:${CRITERION}`);
  const delays = incidents.map(({ openedAt }) => {
    let first = Math.floor(openedAt / DAY_MS) * DAY_MS;
    if (!below.has(first)) return Number.NaN;
    while (below.has(first - DAY_MS)) first -= DAY_MS;
    return (openedAt - first) / DAY_MS;
  });
  const real = delays.filter((days) => !Number.isNaN(days));
  const open = (at: number): boolean =>
    incidents.some(({ openedAt, resolvedAt }) => openedAt <= at && (resolvedAt ?? Infinity) >= at);
  const missed = [...below].filter((at) => !open(at)).length;
  const others = items.filter(({ cause }) => cause !== `criterion:${CRITERION}`).map(({ cause }) => cause);
  console.log(
    `detection       ${incidents.length} incidents of ${CRITERION}, ${below.size} days truly below its bound`,
  );
  console.log(`                days from the first below to the incident: ${real.join(', ') || 'none'}`);
  console.log(
    `                false alarms ${delays.length - real.length}; days below without an incident ${missed}`,
  );
  console.log(`                other incidents: ${others.join(', ') || 'none'}`);
}

interface Result {
  readonly at: number;
  readonly window: string;
  readonly here: { readonly value: number };
  readonly there: { readonly value: number };
  readonly agrees: boolean;
}

/** The gains that decisions were made on, beside those of LightGBM on the same time bounds. */
async function recovered({ ask, dir }: PlayedExample): Promise<void> {
  if (!existsSync(PYTHON)) return console.log('oracle          not there: npm test makes .venv');
  const { items } = await ask<{ items: { evidence: string[]; state: string }[] }>(
    `/projects/${PROJECT}/candidates`,
  );
  const bodies = [];
  for (const id of new Set(items.flatMap(({ evidence }) => evidence))) {
    const evidence = await ask<{ kind: string; body: unknown }>(`/evidence/${id}`);
    if (evidence.kind === 'comparison') bodies.push(evidence.body);
  }
  const [decisions, out] = [join(dir, 'decisions.json'), join(dir, 'oracle.json')];
  writeFileSync(decisions, JSON.stringify(bodies));
  const args = [join(ROOT, 'examples/flights/oracle.py'), decisions, '--data', DATA, '--out', out];
  const { status } = spawnSync(PYTHON, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const results = JSON.parse(readFileSync(out, 'utf8')) as readonly Result[];
  const agreeing = results.filter(({ agrees }) => agrees).length;
  console.log(`oracle          ${agreeing} of ${results.length} comparisons agree, exit ${status}`);
  for (const { at, window, here, there } of results) {
    if (there.value <= 0) continue;
    const day = new Date(at).toISOString().slice(0, 10);
    const share = Math.round((100 * there.value) / here.value);
    console.log(
      `recovered       ${day} ${window}: +${there.value.toFixed(4)} ` +
        `of LightGBM's ${here.value.toFixed(4)} (${share} %)`,
    );
  }
}
