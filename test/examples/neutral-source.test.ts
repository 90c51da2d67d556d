import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { parse } from '../../tools/syntax/parse.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * What the examples are about. Their column names `origin`, `delay` and `date` mean other things in a
 * program.
 */
const SUBJECTS =
  /flight|airport|airline|departure|destination|landed|carrier|vega|weather|seattle|nursery|temp_m/i;

/** A name that help texts use for a project of somebody; and what is on its way is "in flight". */
const IDIOMS = /\bflight-delay\b|(?<![a-z])in[ _-]?flight/gi;

/** Sources that are part of the product: no tests and nothing that only tests use. */
const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|testbed|(^|\/)fixtures\//.test(path))
  .sort();

describe('the sources know no example', () => {
  test('no word of what the examples are about occurs in the code', () => {
    const found = files.flatMap((path) => linesWith(path, SUBJECTS));
    assert.deepEqual(found, []);
  });

  test('no name that an example gave to a table or a column occurs in the code', () => {
    const names = exampleNames();
    assert.ok(names.length > 10 && names.includes('origin_late_24h') && names.includes('rule_of_thumb'));
    const pattern = new RegExp(`\\b(?:${names.join('|')})\\b`);
    assert.deepEqual(
      files.flatMap((path) => linesWith(path, pattern)),
      [],
    );
  });

  test('both searches find what they look for where it is', () => {
    const sql = readFileSync(join(ROOT, 'examples/flights/request.sql'), 'utf8');
    assert.match(sql, SUBJECTS);
    assert.ok(exampleNames().some((name) => sql.includes(name)));
    assert.doesNotMatch('BODY_BYTES_IN_FLIGHT_MAX'.replaceAll(IDIOMS, ''), SUBJECTS);
  });
});

/** `path:line: text` of every line of code, comments left out, that the pattern matches. */
function linesWith(path: string, pattern: RegExp): string[] {
  const text = readFileSync(join(ROOT, 'src', path), 'utf8');
  let code = text;
  for (const { start, end } of parse(path, text).comments) {
    code = code.slice(0, start) + code.slice(start, end).replaceAll(/[^\n]/g, ' ') + code.slice(end);
  }
  return code
    .replaceAll(IDIOMS, '')
    .split('\n')
    .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : []));
}

/** Names of two words and more that the examples give: single words are anybody's. */
function exampleNames(): string[] {
  const names = ['flights', 'weather'].flatMap((example) => {
    const folder = join(ROOT, 'examples', example);
    const { name, data } = named.parse(parseYaml(readFileSync(join(folder, 'tend.yaml'), 'utf8')));
    const aliases = readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/\bas ([a-z]\w*)/g)])
      .map((match) => match[1] ?? '');
    return [name, ...Object.keys(data.features.tables ?? {}), ...aliases];
  });
  return [...new Set(names)].filter((name) => /[_-]/.test(name) && name.replaceAll(IDIOMS, '') !== '');
}

const named = z.object({
  name: z.string(),
  data: z.object({ features: z.object({ tables: z.record(z.string(), z.unknown()).exactOptional() }) }),
});
