import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TendError } from '../kernel/error.ts';
import type { JsonObject } from '../kernel/json.ts';
import { fileError } from './file-error.ts';
import { sqliteError } from './sqlite-error.ts';

/** A held lock; dispose of it to let the folder go. */
export interface FolderLock extends Disposable {
  /** Tells others something new about the owner, such as the address it came to listen on. */
  readonly update: (info: JsonObject) => void;
}

/**
 * Raised with the code FOLDER_OWNED; `owner` is what the owner said of itself, undefined if it has said
 * nothing.
 */
export class FolderOwnedError extends TendError {
  readonly owner: JsonObject | undefined;

  constructor(dir: string, owner: JsonObject | undefined) {
    const address = typeof owner?.['url'] === 'string' ? ` by ${owner['url']}` : '';
    super('FOLDER_OWNED', `the folder ${dir} is owned${address}`);
    this.owner = owner;
  }
}

/**
 * Makes this process the one owner of a state folder. The lock is an exclusive transaction on `owner.db`,
 * held open: the operating system lets it go when the process dies, however it dies. What the owner says of
 * itself stands in `owner.json` beside it; left behind by a dead owner it means nothing.
 *
 * Nothing else in this process may open `owner.db`: closing any handle on a file drops the process's locks on
 * it.
 *
 * @throws FolderOwnedError; STATE_READ_ONLY.
 */
export function acquireFolderLock(dir: string, info: JsonObject): FolderLock {
  const connection = holdExclusively(dir);
  const update = (said: JsonObject): void => writeOwner(dir, said);
  try {
    update(info);
  } catch (error) {
    connection.close();
    throw error;
  }
  return { update, [Symbol.dispose]: () => connection.close() };
}

/** What the owner of a folder said of itself, whether it still lives or not. */
export function readFolderOwner(dir: string): JsonObject | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8')) as JsonObject;
  } catch {
    // Not there yet, or not readable: the lock says that there is an owner, this would only say who.
    return undefined;
  }
}

function holdExclusively(dir: string): DatabaseSync {
  let connection: DatabaseSync | undefined;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const path = join(dir, 'owner.db');
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    connection = new DatabaseSync(path, { timeout: 0 });
    connection.exec('begin exclusive');
    return connection;
  } catch (error) {
    connection?.close();
    if (error instanceof Error && 'errcode' in error) {
      const failure = sqliteError(error);
      if (failure.code === 'UNAVAILABLE') throw new FolderOwnedError(dir, readFolderOwner(dir));
      throw failure;
    }
    throw fileError(error);
  }
}

function writeOwner(dir: string, info: JsonObject): void {
  const path = join(dir, 'owner.json');
  try {
    writeFileSync(`${path}.new`, JSON.stringify(info), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw fileError(error);
  }
}
