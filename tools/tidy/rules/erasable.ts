import type { Node } from 'oxc-parser';
import { walk } from '../../syntax/parse.ts';
import { type Rule, eachFile } from '../rule.ts';

export const erasable: Rule = {
  name: 'erasable',
  advice:
    'write it so that removing the types leaves JavaScript: a union, a module, a field with an assignment',
  check: eachFile(
    (file) => file.isTypeScript,
    function* ({ syntax }) {
      const found: [number, string][] = [];
      walk(syntax.program, (node) => {
        const what = nameOf(node);
        if (what !== undefined) found.push([syntax.lineOf(node.start), what]);
      });
      yield* found;
    },
  ),
};

function nameOf(node: Node): string | undefined {
  if (node.type === 'TSEnumDeclaration') return 'an enum';
  if (node.type === 'TSModuleDeclaration' && node.kind !== 'module') return 'a namespace';
  if (node.type === 'Decorator') return 'a decorator';
  if (node.type === 'TSParameterProperty') return 'a parameter property';
  return undefined;
}
