import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type Syntax, parse } from '../syntax/parse.ts';

/** A text file of the repository, as the rules see it. */
export class SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  #syntax: Syntax | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.lines = text.replace(/\n$/, '').split('\n');
  }

  /** Last part of the path. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  get isCode(): boolean {
    return /\.(?:ts|tsx|js)$/.test(this.name) && !this.isAssemblyScript;
  }

  /** AssemblyScript looks like TypeScript and has rules of its own. */
  get isAssemblyScript(): boolean {
    return this.path.includes('/assembly/');
  }

  get isTypeScript(): boolean {
    return this.isCode && !this.name.endsWith('.js');
  }

  get isTest(): boolean {
    return this.name.endsWith('.test.ts');
  }

  /** `http-testbed.ts`: what the tests of a folder have in common. */
  get isTestbed(): boolean {
    return /(?:^|-)testbed\.ts$/.test(this.name);
  }

  /** Code of the program itself: in src, and neither a test nor a testbed. */
  get isProgram(): boolean {
    return this.isTypeScript && this.path.startsWith('src/') && !this.isTest && !this.isTestbed;
  }

  /** Parsed at the first call; code only. */
  get syntax(): Syntax {
    this.#syntax ??= parse(this.path, this.text);
    return this.#syntax;
  }
}

/** Written by a program or kept byte for byte: recognised by name, and not read by any rule. */
const NOT_WRITTEN_BY_HAND = /\.gen\.ts$|\.wasm$|(?:^|\/)fixtures\/|^LICENSE$/;

/** Every text file that is committed or would be by `git add .`; generated files and fixtures left out. */
export function readSourceFiles(root: string): SourceFile[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  return listed
    .filter((path) => path !== '' && !NOT_WRITTEN_BY_HAND.test(path) && existsSync(`${root}/${path}`))
    .map((path) => new SourceFile(path, readFileSync(`${root}/${path}`, 'utf8')))
    .filter((file) => !file.text.includes('\0'));
}
