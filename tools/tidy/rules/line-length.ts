import { type Rule, eachFile } from '../rule.ts';

/** Two files side by side on a common screen. */
const COLUMNS_MAX = 110;

export const lineLength: Rule = {
  name: 'line-length',
  advice: `at most ${COLUMNS_MAX} columns: break the line or the text`,
  check: eachFile(
    (file) => file.isCode || file.isAssemblyScript,
    function* ({ lines }) {
      for (const [index, line] of lines.entries()) {
        const columns = [...line].length;
        if (columns > COLUMNS_MAX && !isOneWord(line)) yield [index + 1, `${columns} columns`];
      }
    },
  ),
};

/** An address or a digest cannot be broken. */
function isOneWord(line: string): boolean {
  return line.split(/\s+/).some((word) => [...word].length > COLUMNS_MAX - 30);
}
