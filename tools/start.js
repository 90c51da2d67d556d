// `npm start [-- --once …]`: from a fresh checkout to the flagship in a browser. Runs on any Node from 20 on.
import { existsSync } from 'node:fs';
import { runInPlace } from '../bin/run-in-place.js';
import { ROOT } from './root.js';
import { prepare } from './setup/prepare.js';
import { buildUi } from './setup/ui.js';

const TOUR = 'examples/flights/tour.ts';

const { node } = await prepare();
const ui = await buildUi(node);
if (!ui.had) console.error(`The board is missing, everything else works: ${ui.detail}`);
if (!existsSync(`${ROOT}/${TOUR}`)) {
  console.error(`${TOUR} is not there: get the whole checkout`);
  process.exit(1);
}
runInPlace(node, [`${ROOT}/${TOUR}`, ...process.argv.slice(2)]);
