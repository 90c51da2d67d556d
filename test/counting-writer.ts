import type { Database, Unit } from '../src/store/database.ts';
import { build } from '../src/store/build.ts';
import { openUrl } from './backends.ts';
import { systemPorts } from './ports.ts';

/*
 * A process to be killed: commits numbered units from several producers and prints each number once its
 * commit has resolved. `node counting-writer.ts URL PRODUCERS`.
 */

/** A unit that leaves a row and a ledger entry with its number. */
export function numberedUnit(number: number): Unit {
  return {
    statements: [
      { query: build.insertInto('project_clock').values({ project: `p${number}`, at: number }), expect: 1 },
    ],
    ledger: [
      { chain: 'server', actor: 'test', action: 'number.written', subject: String(number), body: { number } },
    ],
  };
}

async function produce(db: Database, first: number, by: number): Promise<never> {
  for (let number = first; ; number += by) {
    await db.commit(numberedUnit(number));
    process.stdout.write(`${number}\n`);
  }
}

const [url, producers] = process.argv.slice(2);
if (import.meta.main && url !== undefined) {
  const count = Number(producers);
  const db = await openUrl(url, systemPorts.clock);
  await Promise.all(Array.from({ length: count }, (_, index) => produce(db, index, count)));
}
