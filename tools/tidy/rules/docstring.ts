import type { TSType } from 'oxc-parser';
import { type Export, exportsOf } from '../exports-of.ts';
import { type Rule, eachFile } from '../rule.ts';
import type { SourceFile } from '../source-file.ts';

/**
 * Types that say themselves from what they are derived: `z.infer<typeof x>`, `(typeof STAGES)[number]`,
 * `keyof typeof x`.
 */
const DERIVED: ReadonlySet<TSType['type']> = new Set([
  'TSIndexedAccessType',
  'TSTypeOperator',
  'TSTypeQuery',
]);

export const docstring: Rule = {
  name: 'docstring',
  advice: '/** purpose in one line; shape and unit of inputs and outputs; errors; source of a formula */',
  check: eachFile(
    (file) => file.isProgram,
    function* (file) {
      let documentedUpTo = 0;
      for (const exported of exportsOf(file)) {
        const ok = exported.kind === 'elsewhere' || isDerived(exported) || hasDocstring(file, exported);
        // Neighbours without a blank line between share the docstring of the first.
        const ending = file.syntax.lineOf(exported.declaration?.end ?? exported.start);
        if (ok || exported.line <= documentedUpTo + 1) documentedUpTo = ending;
        else yield [exported.line, `${exported.name} without a docstring`];
      }
    },
  ),
};

function hasDocstring({ syntax, text }: SourceFile, { start }: Export): boolean {
  return syntax.comments.some(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && end <= start && onlyComments(text.slice(end, start)),
  );
}

/** Directives for tools may stand between a docstring and what it is about. */
function onlyComments(between: string): boolean {
  return between.split('\n').every((line) => line.trim() === '' || line.trim().startsWith('//'));
}

function isDerived({ declaration }: Export): boolean {
  if (declaration?.type !== 'TSTypeAliasDeclaration') return false;
  const { typeAnnotation } = declaration;
  if (DERIVED.has(typeAnnotation.type)) return true;
  const argument =
    typeAnnotation.type === 'TSTypeReference' ? typeAnnotation.typeArguments?.params[0] : undefined;
  return argument?.type === 'TSTypeQuery';
}
