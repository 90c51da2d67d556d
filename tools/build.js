// `npm run build`: everything that is made from the sources and not committed.
import { stopChildrenOnSignals } from './process/run-child.js';
import { prepare } from './setup/prepare.js';
import { buildUi } from './setup/ui.js';

stopChildrenOnSignals();
const { node } = await prepare();
const ui = await buildUi(node);
console.log(ui.detail);
process.exit(ui.had ? 0 : 1);
