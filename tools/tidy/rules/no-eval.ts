import { walk } from '../../syntax/parse.ts';
import { type Rule, eachFile } from '../rule.ts';

export const noEval: Rule = {
  name: 'no-eval',
  advice: 'interpret it, or compile it to typed-array tables or WebAssembly: no text becomes JavaScript',
  check: eachFile(
    (file) => file.isCode,
    function* ({ syntax }) {
      const found: [number, string][] = [];
      walk(syntax.program, (node) => {
        if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
        if (node.callee.type !== 'Identifier') return;
        const { name } = node.callee;
        if (name === 'eval' || name === 'Function') found.push([syntax.lineOf(node.start), `${name}(…)`]);
      });
      yield* found;
    },
  ),
};
