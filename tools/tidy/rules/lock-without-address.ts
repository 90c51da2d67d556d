import { type Rule, eachFile } from '../rule.ts';

export const lockWithoutAddress: Rule = {
  name: 'lock-without-address',
  advice: 'install again with the .npmrc of the repository (omit-lockfile-registry-resolved)',
  check: eachFile(
    (file) => file.name === 'package-lock.json',
    function* ({ lines }) {
      for (const [index, line] of lines.entries()) {
        if (/"resolved": "[a-z+]+:/.test(line)) yield [index + 1, line.trim()];
      }
    },
  ),
};
