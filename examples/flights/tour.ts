/**
 * The guided run behind `npm start`: a server on this folder, the example carried out through it, the later
 * months played as its traffic, an answered request at the end. It uses nothing but the `tend` program and
 * HTTP, and prints what it calls, so that every line can be repeated by hand. A second run takes up a replay
 * that was not played to its end, and starts no other.
 *
 *   --once   ends after the run: 0 settled or waiting, 10 a gate refused, 1 failed
 *   --ask    leaves the approval to you, and waits for it
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Tour, openTour, TourFailure } from './tour-server.ts';
import { playMonths, standing, untilDeployed } from './tour-replay.ts';
import { carryOut, type Identities, identities } from './tour-steps.ts';
import { showEnd } from './tour-report.ts';

/** As tend.yaml beside this file calls it. */
const PROJECT = 'flight-delay';

const HERE = fileURLToPath(new URL('.', import.meta.url));

process.exitCode = await main(new Set(process.argv.slice(2)));
process.exit();

async function main(flags: ReadonlySet<string>): Promise<number> {
  const unknown = [...flags].filter((flag) => flag !== '--once' && flag !== '--ask');
  if (unknown.length > 0) {
    console.error(`expected --once or --ask, came ${unknown.join(' ')}`);
    return 2;
  }
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort());
  let tour: Tour | undefined;
  try {
    tour = await openTour(HERE, stopped.signal);
    console.log(`\nThe board:  ${tour.url}   (open it now: it changes while the stages run)\n`);
    const people = await identities(tour);
    const exitCode = await live(tour, people, flags, stopped.signal);
    await showEnd(tour, PROJECT);
    if (flags.has('--once')) return exitCode;
    console.log('\nThe server stays up until Ctrl-C.');
    await Promise.race([once(stopped.signal, 'abort'), tour.ended]);
    return stopped.signal.aborted ? 0 : 1;
  } catch (error) {
    if (stopped.signal.aborted) {
      console.error('\ninterrupted: the next `npm start` goes on from here');
      return 130;
    }
    if (!(error instanceof TourFailure)) throw error;
    console.error(error.message);
    return error.exitCode;
  } finally {
    await tour?.stop();
  }
}

/** Carries the example out and plays its months. Resolves with the exit code of what was carried out. */
async function live(
  tour: Tour,
  people: Identities,
  flags: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<number> {
  const before = await standing(tour, PROJECT);
  const began = before !== undefined && before.at > before.starts;
  if (!began) {
    const { exitCode, asked } = await carryOut(tour, people, { ask: flags.has('--ask') });
    if (exitCode !== 0 || (asked && flags.has('--once'))) return exitCode;
    if (asked && !(await untilDeployed(tour, signal))) return 10;
  }
  await playMonths(tour, people.author, began);
  return 0;
}
