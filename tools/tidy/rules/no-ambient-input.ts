import type { Node } from 'oxc-parser';
import { walk } from '../../syntax/parse.ts';
import { type Rule, eachFile } from '../rule.ts';

const MEMBERS = new Set([
  'process.env',
  'process.hrtime',
  'Date.now',
  'Math.random',
  'performance.now',
  'crypto.randomUUID',
  'crypto.getRandomValues',
]);

/** The same things by import. */
const IMPORTED = new Set(['env', 'hrtime', 'performance', 'randomUUID', 'randomBytes', 'randomInt']);
const MODULES = /^(?:node:)?(?:process|perf_hooks|crypto)$/;

export const noAmbientInput: Rule = {
  name: 'no-ambient-input',
  advice: 'take a Clock, a Random, a seed or a setting as a parameter; only src/main reads the outside',
  check: eachFile(
    (file) => file.isProgram && !file.path.startsWith('src/main/'),
    function* ({ syntax }) {
      const found: [number, string][] = [];
      walk(syntax.program, (node) => {
        const what = ambient(node);
        if (what !== undefined) found.push([syntax.lineOf(node.start), what]);
      });
      yield* found;
    },
  ),
};

function ambient(node: Node): string | undefined {
  if (node.type === 'MemberExpression' && node.object.type === 'Identifier') {
    const property = node.property.type === 'Identifier' ? node.property.name : '';
    const member = `${node.object.name}.${property}`;
    return MEMBERS.has(member) ? member : undefined;
  }
  if (node.type === 'NewExpression' && node.callee.type === 'Identifier') {
    return node.callee.name === 'Date' && node.arguments.length === 0 ? 'new Date()' : undefined;
  }
  if (node.type === 'ImportDeclaration' && MODULES.test(node.source.value)) {
    const names = node.specifiers.flatMap((specifier) =>
      specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier'
        ? [specifier.imported.name]
        : [],
    );
    const name = names.find((imported) => IMPORTED.has(imported));
    return name === undefined ? undefined : `${name} of ${node.source.value}`;
  }
  return undefined;
}
