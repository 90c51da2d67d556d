import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { builtBoard } from './built-board.ts';
import type { BuiltBoard } from './built-board.ts';

/**
 * Gzipped bytes of scripts that the first screen may load; 230 KB are under a second on a slow phone line.
 */
const SCRIPT_BYTES_MAX = 230_000;
const STYLE_BYTES_MAX = 25_000;

let board: BuiltBoard;

before(async () => {
  board = await builtBoard();
});
after(() => board[Symbol.asyncDispose]());

async function gzippedBytes(paths: readonly string[]): Promise<number> {
  const files = await Promise.all(paths.map((path) => readFile(join(board.dist, path))));
  return files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).byteLength, 0);
}

test('the first load stays within its budget of scripts and styles', async () => {
  const html = await readFile(join(board.dist, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
  const scripts = named.filter((path) => path.endsWith('.js'));
  const styles = named.filter((path) => path.endsWith('.css'));
  assert.ok(scripts.length > 0 && styles.length > 0, html);
  const scriptBytes = await gzippedBytes(scripts);
  const styleBytes = await gzippedBytes(styles);
  assert.ok(scriptBytes <= SCRIPT_BYTES_MAX, `${scriptBytes} bytes of script`);
  assert.ok(styleBytes <= STYLE_BYTES_MAX, `${styleBytes} bytes of style`);
});

test('the built page holds no inline script or style and names no other origin', async () => {
  const html = await readFile(join(board.dist, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|\sstyle=|<script(?![^>]*\ssrc=)|https?:/);
  const assets = await readdir(join(board.dist, 'assets'));
  for (const name of assets.filter((file) => file.endsWith('.css'))) {
    assert.doesNotMatch(await readFile(join(board.dist, 'assets', name), 'utf8'), /url\(|@import/);
  }
});
