import type { Node } from 'oxc-parser';
import { walk } from '../../syntax/parse.ts';
import { type Rule, eachFile } from '../rule.ts';

/** A function fits on one screen. */
const LINES_MAX = 70;

export const functionLength: Rule = {
  name: 'function-length',
  advice: `at most ${LINES_MAX} lines: give a part of it a name`,
  check: eachFile(
    (file) => file.isCode,
    function* ({ syntax }) {
      const found: [number, string][] = [];
      walk(syntax.program, (node, parents) => {
        if (!isFunction(node) || isGroupOfTests(parents.at(-1))) return;
        const first = syntax.lineOf(node.start);
        const lines = syntax.lineOf(node.end) - first + 1;
        if (lines > LINES_MAX) found.push([first, `a function of ${lines} lines`]);
      });
      yield* found;
    },
  ),
};

function isFunction(node: Node): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** The callback of `describe` is a heading, not a function. */
function isGroupOfTests(parent: Node | undefined): boolean {
  return (
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'Identifier' &&
    parent.callee.name === 'describe'
  );
}
