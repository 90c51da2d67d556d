import { existsSync, rmSync } from 'node:fs';
import { longTask } from '../process/long-task.js';
import { runChild } from '../process/run-child.js';
import { ROOT } from '../root.js';
import { had, lastLines, missing } from './part.js';
import { hashFiles, isStamped, writeStamp } from './stamp.js';

/**
 * Makes `.venv` with what the oracle tests compare against and the newest MLflow, and `.venv-older` with an
 * older client of it, at the pinned versions; nothing to do when the stamps in them are those of the
 * requirements.
 *
 * @returns {Promise<import('./part.js').Part[]>}
 */
export async function preparePython() {
  return [
    await prepareVenv('python', '.venv', 'test/requirements.txt'),
    await prepareVenv('older-mlflow', '.venv-older', 'test/requirements-older.txt'),
  ];
}

/**
 * @param {string} part
 * @param {string} folder
 * @param {string} requirements
 * @returns {Promise<import('./part.js').Part>}
 */
async function prepareVenv(part, folder, requirements) {
  const venv = `${ROOT}/${folder}`;
  const python = `${venv}/bin/python`;
  const stamp = `${venv}/.requirements`;
  const file = `${ROOT}/${requirements}`;
  const hash = hashFiles([file]);
  const works = existsSync(python) && (await runChild(python, ['-c', 'import pip'])).ok;
  if (works && isStamped(stamp, hash)) return had(part, `${folder} is current`);
  if (!works) {
    rmSync(venv, { recursive: true, force: true });
    const made = await runChild('python3', ['-m', 'venv', venv]);
    if (!made.ok) return missing(part, `python3 -m venv failed:\n${lastLines(made.output)}`);
  }
  const pip = await longTask(`installing ${requirements} (pip, a minute or two the first time)`, () =>
    runChild(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file]),
  );
  if (!pip.ok) return missing(part, `pip install -r ${requirements} failed:\n${lastLines(pip.output)}`);
  writeStamp(stamp, hash);
  return had(part, `${folder} made from ${requirements}`);
}
