/**
 * The guided run behind `npm start`: a server on this folder, the example carried out through it, an answered
 * request at the end. It uses nothing but the `tend` program and HTTP, and prints what it calls, so that
 * every line can be repeated by hand.
 *
 *   --once   ends after the run: 0 settled or waiting, 10 a gate refused, 1 failed
 *   --ask    leaves the approval to you
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Tour, openTour, TourFailure } from './tour-server.ts';
import { carryOut, identities } from './tour-steps.ts';
import { showEnd } from './tour-report.ts';

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
    const exitCode = await carryOut(tour, people, { ask: flags.has('--ask') });
    await showEnd(tour);
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
