import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { documentMistakes, readDocument } from './read-document.ts';
import { documentJsonSchema } from './schema-issues.ts';

const FLIGHTS = readFileSync(join(import.meta.dirname, '../../../examples/flights/tend.yaml'), 'utf8');

/** The flights document with one change, which must be one. */
function changed(from: string, to: string): string {
  assert.ok(FLIGHTS.includes(from), from);
  return FLIGHTS.replace(from, to);
}

/** `line:column path message` of each mistake. */
function mistakes(source: string): string[] {
  return documentMistakes(source).map(
    ({ line, column, path, message }) => `${line}:${column} ${path} ${message}`,
  );
}

/** Line and column of a text, both from 1. */
function placeOf(source: string, text: string): string {
  const before = source.slice(0, source.indexOf(text)).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

describe('tend.yaml', () => {
  test('of the flights example validates', () => {
    assert.deepEqual(documentMistakes(FLIGHTS), []);
    const { document, hash } = readDocument(FLIGHTS);
    assert.equal(document.name, 'flight-delay');
    assert.equal(document.problem.requires?.rows, 100_000);
    assert.match(hash, /^[0-9a-f]{64}$/);
  });

  test('each kind of mistake stands at its place, with what would be right', () => {
    const cases: readonly (readonly [from: string, to: string, at: string, message: RegExp])[] = [
      ['search: reuse', 'serch: reuse', 'serch', /unknown key serch; did you mean search\?/],
      [
        '  endpoint: flight-delay',
        '  endpoint: flight-delay\n  colour: red',
        'colour',
        /unknown key colour; known here: endpoint, rollout, workers/,
      ],
      ['kind: classification', 'kind: ranking', 'ranking', /"classification"\|"regression", came "ranking"/],
      ['seed: 7', 'seed: seven', 'seven', /expected number, received string, came "seven"/],
      ['at_least: 0.66', 'at_least: high', 'high', /expected a number, a percentage, a duration/],
      ['validation: 6d', 'validation: 6', '6, test', /expected string, received number, came 6/],
      ['refresh: 1h }', 'refresh: 1s }', '1s }', /expected at least 1m/],
      ['starts: 2001-02-01', 'starts: 2001-02-30', '2001-02-30', /Invalid ISO date, came "2001-02-30"/],
      ['between: [10, 6000]', 'between: [6000, 10]', '[6000, 10]', /expected the lower end first/],
      ['"[A-Z]{3}"', '3', '3 }', /expected string, received number/],
      ['name: flight-delay', 'name: Flight Delay', 'Flight Delay', /lower-case words joined by hyphens/],
      [
        'request: request.sql',
        'request: ../request.sql',
        '../request.sql',
        /relative to tend.yaml, without \.\./,
      ],
    ];
    for (const [from, to, at, message] of cases) {
      const source = changed(from, to);
      const found = mistakes(source);
      assert.equal(found.length, 1, `${to}: ${found.join('\n')}`);
      assert.match(String(found[0]), message);
      assert.ok(
        found[0]?.startsWith(`${placeOf(source, at)} `),
        `${to}: ${found[0]}, expected ${placeOf(source, at)}`,
      );
    }
  });

  test('a key that is missing is told where it should stand', () => {
    const source = changed('  objective: Fewer missed connections.\n', '');
    assert.match(String(mistakes(source)[0]), /problem.objective missing: objective is required/);
    assert.match(
      String(mistakes(changed('apiVersion: tend/v1\n', ''))[0]),
      /apiVersion missing: apiVersion is required/,
    );
  });

  test('all mistakes come at once, in the order of their lines, with a frame that points at each', () => {
    const source = changed('kind: classification', 'kind: ranking')
      .replace('seed: 7', 'seed: -1')
      .replace('objective:', 'objetive:');
    assert.throws(
      () => readDocument(source, 'flights/tend.yaml'),
      (error) => {
        assert.ok(error instanceof TendError && error.code === 'SPEC_INVALID');
        assert.equal(error.fields.length, 4);
        const places = [...error.message.matchAll(/^flights\/tend.yaml:(\d+):\d+ {2}/gm)].map(([, line]) =>
          Number(line),
        );
        assert.deepEqual(
          places,
          [...places].sort((a, b) => a - b),
        );
        assert.match(error.message, /^flights\/tend.yaml: 4 mistakes\n/);
        assert.match(error.message, / {2}5 \| kind: ranking\n {4}\| {7}\^{7}/);
        return true;
      },
    );
  });

  test('the hash is of the meaning: comments, layout and the order of keys play no part', () => {
    const { hash } = readDocument(FLIGHTS);
    const value = parse(FLIGHTS, { customTags: [] }) as Record<string, unknown>;
    (value.problem as { requires: { rows: unknown } }).requires.rows = 100_000;
    const reversed = (node: unknown): unknown =>
      Array.isArray(node)
        ? node.map(reversed)
        : typeof node === 'object' && node !== null
          ? Object.fromEntries(
              Object.entries(node)
                .reverse()
                .map(([key, inner]) => [key, reversed(inner)]),
            )
          : node;
    assert.equal(readDocument(JSON.stringify(reversed(value), null, 7)).hash, hash);
    assert.equal(readDocument(`# first\n${FLIGHTS.replaceAll('\n', '\r\n')}\n# last`).hash, hash);
    assert.equal(readDocument(`\ufeff${FLIGHTS}`).hash, hash);
    assert.notEqual(readDocument(changed('seed: 7', 'seed: 8')).hash, hash);
    assert.notEqual(readDocument(changed('[5%, 50%]', '[50%, 5%]')).hash, hash);
  });

  test('its JSON Schema lets the flights through and stops a broken one', () => {
    const schema = z.fromJSONSchema(documentJsonSchema());
    const value = readDocument(FLIGHTS).document;
    assert.equal(schema.safeParse(value).success, true);
    const broken = [
      { ...value, colour: 'red' },
      { ...value, kind: 'ranking' },
      { ...value, training: {} },
      [],
    ];
    for (const document of broken) assert.equal(schema.safeParse(document).success, false);
  });
});

describe('YAML', () => {
  const one = (source: string): string => {
    const found = mistakes(source);
    assert.equal(found.length, 1, found.join('\n'));
    return String(found[0]);
  };

  test('of another shape than keys and values is one mistake', () => {
    for (const source of ['', '# nothing\n', 'words', '- a\n- b', '5', 'null']) {
      assert.equal(one(source), '1:1  expected keys and values: apiVersion, name, …');
    }
  });

  test('with tabs, open brackets, or several documents says where', () => {
    assert.match(
      String(mistakes(changed('  statement', '\tstatement'))[0]),
      /^9:1  Tabs are not allowed as indentation/,
    );
    assert.match(String(mistakes(changed('[5%, 50%]', '[5%, 50%'))[0]), /^\d+:\d+ {2}Flow/);
    assert.match(one(`${FLIGHTS}\n---\na: 1\n`), /expected one document/);
  });

  test('with a key twice, a key that is no word, a tag, or another version is refused', () => {
    const lines = FLIGHTS.split('\n').length;
    assert.equal(one(`${FLIGHTS}name: again\n`), `${lines}:1  the key name stands here a second time`);
    assert.match(one(changed('seed: 7', 'seed: 7, seed: 8')), /the key seed stands here a second time/);
    assert.match(one(`${FLIGHTS}? [a, b]\n: 2\n`), /expected a word as key/);
    assert.match(
      one(changed('name: flight', 'name: !!js/function flight')),
      /^3:7 .*tag:yaml.org,2002:js\/function/,
    );
    assert.match(one(`%YAML 1.1\n---\n${FLIGHTS}`), /expected YAML 1.2/);
  });

  test('with keys that mean something elsewhere has unknown keys', () => {
    for (const key of ['__proto__', 'constructor', '<<', '1']) {
      assert.match(one(`${FLIGHTS}${key}: { a: 1 }\n`), new RegExp(`unknown key ${key}`));
    }
    assert.equal(({} as { a?: number }).a, undefined);
  });

  test('may use anchors; aliases to nowhere and bombs are refused', () => {
    const anchored = changed('refresh: 1h }', 'refresh: &often 1h }').replace(
      'refresh: 1h }',
      'refresh: *often }',
    );
    assert.equal(readDocument(anchored).hash, readDocument(FLIGHTS).hash);
    assert.equal(one('name: *nowhere\n'), '1:7  there is no &nowhere before this alias');
    const nine = (name: string): string => Array(9).fill(name).join(', ');
    const bomb = [
      'a: &a [x]',
      ...['ab', 'bc', 'cd', 'de'].map(([from, to]) => `${to}: &${to} [${nine(`*${from}`)}]`),
    ];
    assert.equal(one(bomb.join('\n')), '1:1  the aliases stand for too much; write it out');
  });

  test('with control characters shows them as dots, not to the terminal', () => {
    const source = changed('name: flight-delay', 'name: "a\\e[31mb"').replace(
      'objective: Fewer',
      'objetive: \u009b31m Fewer',
    );
    const [first, ...rest] = documentMistakes(source);
    assert.match(String(first?.message), /lower-case words/);
    for (const { message, frame } of [first, ...rest].filter((it) => it !== undefined)) {
      assert.doesNotMatch(message + frame.replaceAll('\n', ''), /\p{Cc}/u);
    }
    assert.match(String(mistakes(changed('name: flight-delay', 'name: flight\0delay'))[0]), /^3:7 name /);
  });

  test('of a megabyte, 50,000 keys, one endless line, or endless nesting is refused at once', () => {
    assert.equal(one('a'.repeat(1_000_001)), '1:1  expected at most a million characters');
    const started = performance.now();
    const many = documentMistakes(Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n'));
    assert.equal(many.length, 101);
    assert.match(String(many.at(-1)?.message), /there is more/);
    const long = documentMistakes(`{${' '.repeat(900_000)}zz: 1, ${'y'.repeat(50_000)}: 1}`);
    assert.ok(long.every(({ frame, message }) => frame.length < 1_000 && message.length < 1_000));
    assert.match(String(long.at(-1)?.frame), /\^/);
    assert.ok(documentMistakes('['.repeat(20_000)).some(({ message }) => message === 'nested too deeply'));
    // Comparing each key with each other took 100 s for 20,000 keys; this is half a second.
    assert.ok(performance.now() - started < 20_000);
  });
});
