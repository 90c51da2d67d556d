import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TendError } from '../../kernel/error.ts';
import { readDocument } from '../../project/document/read-document.ts';
import { namedFiles, type ProjectSource } from '../../project/project-files.ts';
import { fileFault } from './file-fault.ts';

/** The file that declares a project. */
export const SPEC_FILE = 'tend.yaml';

/** Text of tend.yaml in a folder. @throws SPEC_MISSING. */
export function readSpec(dir: string): string {
  const path = join(dir, SPEC_FILE);
  if (!existsSync(path)) throw new TendError('SPEC_MISSING', `there is no ${SPEC_FILE} in ${dir}`);
  return readText(path, SPEC_FILE);
}

/** tend.yaml with the files that it names. @throws SPEC_MISSING, SPEC_INVALID (which file is not there). */
export function readSource(dir: string): ProjectSource {
  const yaml = readSpec(dir);
  const { document } = readDocument(yaml);
  const files: Record<string, string> = {};
  const missing: string[] = [];
  for (const path of namedFiles(document)) {
    const full = join(dir, path);
    if (existsSync(full)) files[path] = readText(full, path);
    else missing.push(path);
  }
  if (missing.length > 0) {
    throw new TendError(
      'SPEC_INVALID',
      `${SPEC_FILE} names ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not there`,
    );
  }
  return { yaml, files };
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    throw fileFault(`read ${name}`, fault);
  }
}
