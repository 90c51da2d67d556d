import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A committed file that a generator of `tools/` writes. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Writes the files; with `--check` in the arguments it writes nothing and fails where one differs. */
export async function settleFiles(files: readonly GeneratedFile[], argv: readonly string[]): Promise<void> {
  for (const { path, text } of files) {
    if (!argv.includes('--check')) {
      await mkdir(dirname(ROOT + path), { recursive: true });
      await writeFile(ROOT + path, text);
      continue;
    }
    const committed = await readFile(ROOT + path, 'utf8').catch(() => '');
    if (committed === text) continue;
    process.stderr.write(`${path} is not what the sources say: run ${generator()} and commit it.\n`);
    process.exitCode = 1;
  }
}

function generator(): string {
  return `\`node ${(process.argv[1] ?? '').replace(ROOT, '')}\``;
}
