import { type Rule, eachFile } from '../rule.ts';

export const noDefaultExport: Rule = {
  name: 'no-default-export',
  advice: 'export it by name, so that it is called the same everywhere',
  check: eachFile(
    (file) => file.isTypeScript && /^(?:ui\/)?src\//.test(file.path),
    function* ({ syntax }) {
      for (const statement of syntax.program.body) {
        if (statement.type === 'ExportDefaultDeclaration')
          yield [syntax.lineOf(statement.start), 'a default export'];
      }
    },
  ),
};
