import { isAbsolute, relative, resolve } from 'node:path';
import { TendError } from '../kernel/error.ts';
import type { Principal } from '../kernel/policy.ts';
import type { ProjectDocument } from './document/project-document.ts';

/**
 * Refuses sources outside of the project's folder to everyone but the person at the machine: whoever may
 * apply over HTTP would else read any file of the server as rows of a table.
 * @throws NOT_ALLOWED naming the source.
 */
export function assertSourcesAllowed(
  principal: Principal,
  projectDir: string,
  { data }: ProjectDocument,
): void {
  if (principal.kind === 'local' || principal.kind === 'system') return;
  for (const [name, { uri }] of Object.entries(data.sources)) {
    if (uri.startsWith('npm:')) continue;
    const inside = relative(projectDir, resolve(projectDir, uri));
    if (!isAbsolute(inside) && inside !== '..' && !/^\.\.[\\/]/.test(inside)) continue;
    throw new TendError('NOT_ALLOWED', `source ${name} lies outside of the project's folder: ${uri}`, {
      hint: 'Put the file beside tend.yaml, or apply as the person at the machine.',
    });
  }
}
