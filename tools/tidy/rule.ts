import type { SourceFile } from './source-file.ts';

/** One place that breaks a rule. `line` counts from 1; 1 where the whole file is meant. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  /** What is there: `412 lines`, `exports a default`. */
  readonly found: string;
}

/** A house rule that a machine can check. */
export interface Rule {
  /** Kebab-case, the name of its file and of its planted violation in fixtures/. */
  readonly name: string;
  /** What whoever broke it should do. */
  readonly advice: string;
  readonly check: (files: readonly SourceFile[]) => readonly Violation[];
}

/** The check of a rule that looks at one file at a time: `find` yields what it finds and on which line. */
export function eachFile(
  applies: (file: SourceFile) => boolean,
  find: (file: SourceFile) => Iterable<readonly [line: number, found: string]>,
): Rule['check'] {
  return (files) =>
    files
      .filter(applies)
      .flatMap((file) => Array.from(find(file), ([line, found]) => ({ path: file.path, line, found })));
}
