import { type Rule, eachFile } from '../rule.ts';

/** Spelt in halves, so that this file does not break its own rule. */
const MARKS = new RegExp(`\\b(?:${['TO', 'FIX', 'XX'].join('|')})(?:${['DO', 'ME', 'X'].join('|')})\\b`);

export const noUnfinishedMark: Rule = {
  name: 'no-unfinished-mark',
  advice: 'do it, or open an issue and say nothing here',
  check: eachFile(
    () => true,
    function* ({ lines }) {
      for (const [index, line] of lines.entries()) {
        const mark = MARKS.exec(line);
        if (mark !== null) yield [index + 1, mark[0]];
      }
    },
  ),
};
