import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { RULES } from './rules.ts';
import { SourceFile } from './source-file.ts';

/**
 * One fixture for each rule: files one after another, each under a line `=== path`. A line that the rule must
 * find ends in `<<<`; a path that ends so is found as a whole. Everything else must pass.
 */
const FIXTURES = new URL('fixtures/', import.meta.url);

test('every rule has a planted violation, and every fixture a rule', () => {
  const planted = readdirSync(FIXTURES).map((name) => name.replace(/\.txt$/, ''));
  assert.deepEqual(planted.sort(), RULES.map(({ name }) => name).sort());
});

for (const rule of RULES) {
  test(`${rule.name} finds exactly the planted violations`, () => {
    const { files, expected } = plant(readFileSync(new URL(`${rule.name}.txt`, FIXTURES), 'utf8'));
    assert.ok(expected.length > 0, 'the fixture plants nothing');
    const found = rule.check(files).map(({ path, line }) => `${path}:${line}`);
    assert.deepEqual([...new Set(found)].sort(), expected.sort());
  });
}

/**
 * `=== path` starts a file; `~~~ n text` stands for n such lines, so that a long file needs no long fixture.
 */
function plant(fixture: string): { files: SourceFile[]; expected: string[] } {
  const expected: string[] = [];
  const files = fixture
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = '', ...rest] = part.replace(/\n$/, '').split('\n');
      const path = head.replace(/ <<<$/, '');
      if (path !== head) expected.push(`${path === 'median' ? 'src' : path}:1`);
      const lines = rest.flatMap((line) => {
        const repeat = /^~~~ (\d+) (.*)$/.exec(line);
        return repeat === null ? [line] : Array.from({ length: Number(repeat[1]) }, () => repeat[2] ?? '');
      });
      for (const [index, line] of lines.entries())
        if (line.endsWith('<<<')) expected.push(`${path}:${index + 1}`);
      return new SourceFile(
        path,
        `${lines.map((line) => line.replace(/ ?(?:\/\/ )?<<<$/, '')).join('\n')}\n`,
      );
    });
  return { files, expected };
}
