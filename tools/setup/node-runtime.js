import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, realpathSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ROOT } from '../root.js';
import { had, missing } from './part.js';

const NODE_MAJOR = 26;
const PACKAGED = `${ROOT}/node_modules/.bin/node`;

/**
 * Finds Node 26: the host's own if it is new enough, else the binary from npm, whose SHA-256 must be the
 * committed one (node-sums.json, which says where its figures come from; hashing its 130 MB takes a tenth of
 * a second).
 *
 * @returns {Promise<import('./part.js').Part & { readonly node: string }>} `node`: path of the program
 */
export async function findNode() {
  const isHost = !realpathSync(process.execPath).startsWith(`${ROOT}/node_modules/`);
  if (isHost && Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) {
    return { ...had('Node', `${process.version}, the host's own`), node: process.execPath };
  }
  const platform = `${process.platform}-${process.arch}`;
  const sums = JSON.parse(readFileSync(new URL('node-sums.json', import.meta.url), 'utf8'));
  const expected = sums.binaries[platform];
  if (expected === undefined || !existsSync(PACKAGED)) {
    const reason = expected === undefined ? `none is packaged for ${platform}` : `${PACKAGED} is not there`;
    const advice = `install Node ${NODE_MAJOR} or later`;
    return {
      ...missing('Node', `expected Node ${NODE_MAJOR}, this is ${process.version}, and ${reason}: ${advice}`),
      node: '',
    };
  }
  const actual = await sha256OfFile(PACKAGED);
  if (actual !== expected.sha256) {
    const wanted = `${expected.package} ${sums.version} with SHA-256 ${expected.sha256}`;
    const detail = `${PACKAGED} should be ${wanted}, but has ${actual}`;
    return { ...missing('Node', `${detail}: delete node_modules and run \`npm ci\``), node: '' };
  }
  return { ...had('Node', `${sums.version} from ${expected.package}, SHA-256 as committed`), node: PACKAGED };
}

/** @param {string} path */
async function sha256OfFile(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
