import { existsSync, readFileSync, readdirSync } from 'node:fs';

/**
 * Kills every process whose environment holds this entry, and returns their command lines. Unlike a process
 * group it also finds those that were started detached and have lost their parents. Linux only: elsewhere it
 * finds nothing.
 *
 * @param {string} entry `NAME=value`
 * @returns {string[]}
 */
export function endLeftovers(entry) {
  if (!existsSync('/proc/self/environ')) return [];
  const ended = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      process.kill(pid, 'SIGKILL');
      ended.push(command);
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return ended;
}
