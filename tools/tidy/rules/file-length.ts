import { type Rule, eachFile } from '../rule.ts';

/** A file that does not fit on a few screens holds more than one concept. */
const LINES_MAX = 400;

/** Dumps of the schema that the migrations come to: a program writes them, and nobody could split them. */
const SCHEMA_DUMP = /^schema\.\w+\.sql$/;

export const fileLength: Rule = {
  name: 'file-length',
  advice: `at most ${LINES_MAX} lines: move a concept into a file of its own`,
  check: eachFile(
    (file) =>
      file.isCode ||
      file.isAssemblyScript ||
      (/\.(?:css|sql|py)$/.test(file.name) && !SCHEMA_DUMP.test(file.name)),
    function* ({ lines }) {
      if (lines.length > LINES_MAX) yield [1, `${lines.length} lines`];
    },
  ),
};
