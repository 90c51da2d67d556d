import { type Export, exportsOf } from '../exports-of.ts';
import { type Rule, eachFile } from '../rule.ts';

/** The rooms that every stage has are named for their role, not for what they export. */
const ROLES = /^(?:index|spec|stage|operations|events)\.ts$/;

export const exportName: Rule = {
  name: 'export-name',
  advice: 'name the file for the one function or class it exports, or the export for the file',
  check: eachFile(
    (file) => file.isProgram && !ROLES.test(file.name) && !file.path.startsWith('src/main/'),
    function* (file) {
      const all = exportsOf(file);
      const callables = all.filter(({ kind }) => kind === 'function' || kind === 'class');
      const only = callables[0];
      if (only === undefined || callables.length > 1) return;
      const concept = wordsOf(file.name.replace(/\.tsx?$/, ''));
      if (!all.some(({ name }) => shareWord(wordsOf(name), concept)))
        yield [only.line, describe(only, file.name)];
    },
  ),
};

/** `kernel-js.ts` may export `jsKernel`, and `grow-tree.ts` a `treeGrower`; `forest.ts` no `bagging`. */
function shareWord(a: readonly string[], b: readonly string[]): boolean {
  return a.some((word) => b.some((other) => word.startsWith(other) || other.startsWith(word)));
}

/**
 * `openSqliteDatabase`, `open-sqlite-database`: open, sqlite, database. Words of one or two letters carry
 * nothing.
 */
function wordsOf(name: string): string[] {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.length === 1 ? words : words.filter((word) => word.length > 2);
}

function describe({ kind, name }: Export, file: string): string {
  return `${file} exports the ${kind} ${name}`;
}
