import type { CallExpression, Node } from 'oxc-parser';
import { walk } from '../../syntax/parse.ts';
import { type Rule, eachFile } from '../rule.ts';

const NARROWING = new Set(['only', 'skip', 'todo', 'runOnly']);
const TEST_FUNCTIONS = new Set(['test', 'it', 'describe', 'suite']);

export const wholeTests: Rule = {
  name: 'whole-tests',
  advice: 'a test runs or goes; a file that needs a part says so at its top: `// needs: postgres`',
  check: eachFile(
    (file) => file.isTest,
    function* ({ syntax }) {
      const found: [number, string][] = [];
      walk(syntax.program, (node) => {
        const what =
          node.type === 'CallExpression' ? (narrowedCall(node) ?? narrowedOption(node)) : undefined;
        if (what !== undefined) found.push([syntax.lineOf(node.start), what]);
      });
      yield* found;
    },
  ),
};

/** `test.only(…)`, `t.skip()`: the context of a test is called `t` by everyone. */
function narrowedCall({ callee }: CallExpression): string | undefined {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined;
  if (callee.object.type !== 'Identifier') return undefined;
  const { name } = callee.object;
  const isTest = TEST_FUNCTIONS.has(name) || name === 't';
  return isTest && NARROWING.has(callee.property.name) ? `${name}.${callee.property.name}` : undefined;
}

/** `test('…', { skip: true }, …)`. */
function narrowedOption({ callee, arguments: args }: CallExpression): string | undefined {
  const name = calleeName(callee);
  if (name === undefined || !TEST_FUNCTIONS.has(name)) return undefined;
  for (const argument of args) {
    if (argument.type !== 'ObjectExpression') continue;
    for (const property of argument.properties) {
      if (property.type !== 'Property' || property.key.type !== 'Identifier') continue;
      if (NARROWING.has(property.key.name)) return `${name}(…, { ${property.key.name} })`;
    }
  }
  return undefined;
}

function calleeName(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  const isMethod = callee.type === 'MemberExpression' && callee.property.type === 'Identifier';
  return isMethod && callee.property.type === 'Identifier' ? callee.property.name : undefined;
}
