import { type Rule, eachFile } from '../rule.ts';

/**
 * A path that exists on somebody's machine only. A bare `/tmp/name` is fine in an example, a folder below it
 * is not.
 */
const MACHINE_PATH = /(?<![\w.~)\]}/-])\/(?:root|work|home|Users)\/[\w.-]*|(?<![\w.~)\]}/-])\/tmp\/[\w.-]+\//;

export const noMachinePath: Rule = {
  name: 'no-machine-path',
  advice: 'name it relative to the repository, or take it from the caller',
  check: eachFile(
    () => true,
    function* ({ lines }) {
      for (const [index, line] of lines.entries()) {
        const path = MACHINE_PATH.exec(line);
        if (path !== null) yield [index + 1, path[0]];
      }
    },
  ),
};
