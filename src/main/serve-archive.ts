import { open } from 'node:fs/promises';
import { TendError } from '../kernel/error.ts';
import { openArchive, restoreArchive } from '../lifecycle/decommissioning/index.ts';

/** With which the first file of an archive begins. */
const ARCHIVE_START = 'manifest.json\0';

/** Is the file an archive, by its first bytes? False also for what cannot be read. */
export async function isArchive(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const start = Buffer.alloc(ARCHIVE_START.length);
    await file.read(start, 0, start.length, 0);
    return start.toString('latin1') === ARCHIVE_START;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/**
 * Puts what an archive serves into a state folder. Returns the names of its endpoints. @throws INVALID_INPUT
 * for an archive without a release; CONFLICT when the folder holds something
 */
export async function publishArchive(path: string, stateDir: string): Promise<readonly string[]> {
  await using archive = await openArchive(path);
  const { endpoints } = await restoreArchive(archive, stateDir);
  if (endpoints.length > 0) return endpoints;
  throw new TendError(
    'INVALID_INPUT',
    `${archive.manifest.subject} never answered: the archive serves nothing`,
    {
      hint: '`tend archive restore FILE --out DIR` unpacks its records.',
    },
  );
}
