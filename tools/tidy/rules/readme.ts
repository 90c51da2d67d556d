import { type Rule, eachFile } from '../rule.ts';

/** Read to the end before the coffee is cold. */
const LINES_MAX = 250;
const COMMANDS = ['npm start', 'npm test'];

export const readme: Rule = {
  name: 'readme',
  advice: `README.md has at most ${LINES_MAX} lines and names ${COMMANDS.join(' and ')}`,
  check: eachFile(
    (file) => file.path === 'README.md',
    function* ({ lines, text }) {
      if (lines.length > LINES_MAX) yield [1, `${lines.length} lines`];
      for (const command of COMMANDS) if (!text.includes(command)) yield [1, `does not name ${command}`];
    },
  ),
};
