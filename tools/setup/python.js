import { existsSync, rmSync } from 'node:fs';
import { longTask } from '../process/long-task.js';
import { runChild } from '../process/run-child.js';
import { ROOT } from '../root.js';
import { had, lastLines, missing } from './part.js';
import { hashFiles, isStamped, writeStamp } from './stamp.js';

const REQUIREMENTS = `${ROOT}/test/requirements.txt`;
const VENV = `${ROOT}/.venv`;
const PYTHON = `${VENV}/bin/python`;
const STAMP = `${VENV}/.requirements`;

/**
 * Makes `.venv` with what the oracle tests compare against, at the pinned versions; nothing to do when the
 * stamp in it is that of the requirements.
 *
 * @returns {Promise<import('./part.js').Part>}
 */
export async function preparePython() {
  const hash = hashFiles([REQUIREMENTS]);
  const works = existsSync(PYTHON) && (await runChild(PYTHON, ['-c', 'import pip'])).ok;
  if (works && isStamped(STAMP, hash)) return had('python', '.venv is current');
  if (!works) {
    rmSync(VENV, { recursive: true, force: true });
    const venv = await runChild('python3', ['-m', 'venv', VENV]);
    if (!venv.ok) return missing('python', `python3 -m venv failed:\n${lastLines(venv.output)}`);
  }
  const pip = await longTask('installing the Python oracles (pip, a minute or two the first time)', () =>
    runChild(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]),
  );
  if (!pip.ok)
    return missing('python', `pip install -r test/requirements.txt failed:\n${lastLines(pip.output)}`);
  writeStamp(STAMP, hash);
  return had('python', '.venv made from test/requirements.txt');
}
