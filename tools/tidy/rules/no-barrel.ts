import { type Rule, eachFile } from '../rule.ts';

const STAGE_INDEX = /^src\/lifecycle\/[^/]+\/index\.ts$/;

export const noBarrel: Rule = {
  name: 'no-barrel',
  advice: 'import from the file itself; only a stage has an index.ts, and that names what it gives',
  check: eachFile(
    (file) => file.isProgram,
    function* ({ path, name, syntax }) {
      if (name === 'index.ts' && !STAGE_INDEX.test(path)) yield [1, 'an index.ts that is not a stage’s'];
      for (const statement of syntax.program.body) {
        if (statement.type === 'ExportAllDeclaration') yield [syntax.lineOf(statement.start), 'export *'];
      }
    },
  ),
};
