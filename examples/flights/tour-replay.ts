import { setTimeout as delay } from 'node:timers/promises';
import { type Tour, TourFailure } from './tour-server.ts';

/** How often it looks whether an approval was given. */
const LOOK_MS = 1_000;

/** Where a project's replay stands; milliseconds UTC. */
export interface Standing {
  readonly at: number;
  readonly starts: number;
}

/** Where the replay stands; undefined before the project is there, or where it lives on wall time. */
export async function standing(tour: Tour, project: string): Promise<Standing | undefined> {
  const clock = await ask<{ at: number; starts: number | null }>(tour, `/projects/${project}/clock`);
  return clock === undefined || clock.starts === null ? undefined : { at: clock.at, starts: clock.starts };
}

/** Plays the later months as traffic, or what is left of them. */
export async function playMonths(tour: Tour, token: string, began: boolean): Promise<void> {
  const why = began ? 'goes on where it was interrupted, if it was' : 'the later months, as they came';
  console.log(`\n$ tend replay flights         # ${why}`);
  const { exitCode, data, error } = await tour.tend(['replay', 'flights'], { token });
  if (exitCode !== 0) throw new TourFailure(error, exitCode);
  const { predictions, seconds } = data as { readonly predictions: number; readonly seconds: number };
  if (predictions === 0) console.log('  nothing is left to play');
  else {
    const rate = Math.round(predictions / seconds).toLocaleString('en');
    console.log(`  ${predictions.toLocaleString('en')} flights in ${seconds.toFixed(0)} s, ${rate} a second`);
  }
}

/** Waits until the endpoint answers, because somebody approved; false when a gate refused. */
export async function untilDeployed(tour: Tour, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const { data } = await tour.tend(['status'], { quiet: true });
    const stages = (data as { projects: { stages: { stage: string; verdict: string }[] }[] } | undefined)
      ?.projects[0]?.stages;
    const verdict = stages?.find(({ stage }) => stage === 'deployment')?.verdict;
    if (verdict === 'pass') return true;
    if (verdict === 'fail') return false;
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** What the API answers to a GET; undefined where there is no such thing. */
export async function ask<T>(tour: Tour, path: string): Promise<T | undefined> {
  const { exitCode, data } = await tour.tend(['api', 'GET', path], { quiet: true });
  return exitCode === 0 ? (data as T) : undefined;
}
