import { readdir, readFile } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { entityTag } from './entity-tag.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg', '.txt', '.wasm']);

/** Vite names what it builds after its content: `assets/index-B1x2Y3z4.js`. Such a file never changes. */
const HASHED = /^\/assets\/.*-[\w-]{8}\.\w+$/;
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** A file in memory, with what HTTP says of it. */
export interface StaticFile {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly tag: string;
  readonly plain: Uint8Array;
  readonly gzip: Uint8Array | undefined;
}

/** The files of a folder by URL path. A path that is not one of them is undefined, whatever it looks like. */
export interface StaticFiles {
  readonly get: (path: string) => Promise<StaticFile | undefined>;
}

/**
 * Lists a folder once, at start; no path is ever built from a request. A file is read and compressed when it
 * is first asked for and then kept: the board is about 1 MB.
 */
export async function staticFiles(folder: string): Promise<StaticFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    paths.set(posix.join('/', file.slice(folder.length).replaceAll('\\', '/')), file);
  }
  const loaded = new Map<string, Promise<StaticFile>>();
  return {
    get: async (path) => {
      const file = paths.get(path);
      if (file === undefined) return undefined;
      const known = loaded.get(path) ?? load(path, file);
      loaded.set(path, known);
      return known;
    },
  };
}

async function load(path: string, file: string): Promise<StaticFile> {
  const plain = await readFile(file);
  const extension = extname(path);
  return {
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    cacheControl: HASHED.test(path) ? IMMUTABLE : 'no-cache',
    tag: entityTag(plain),
    plain,
    gzip: COMPRESSED.has(extension) ? await promisify(gzip)(plain) : undefined,
  };
}
